/// A section of Microsoft's article "Troubleshoot MSP", which is what support staff and customers hold in their hands.
public enum ArticleSection: String, CaseIterable, Hashable, Sendable {
    case deploymentFailed = "Deployment failed for a new VM or virtual machine scale set"
    case notApplied = "MSP is enabled but not applied"
    case confirm = "Confirm that the problem still exists"
    case agentNotRunning = "GPA is missing or not running"
    case ebpfSetup = "eBPF setup failure"
    case loadFailure = "Failure to load eBPF"
    case attachFailure = "Failure to attach cgroup for redirection"
    case keyFailure = "Failure to acquire a key or rejected key"
    case keyReset = "You need to reset a key"
    case errorCodes = "You got an error code"

    public var title: String { rawValue }

    static let address = "https://learn.microsoft.com/en-us/azure/virtual-machines/metadata-security-protocol/troubleshoot-guide"

    /// The article's address with the section's anchor, which its site makes of the heading: small letters, dashes, no punctuation.
    public var link: String {
        let anchor = rawValue.lowercased().unicodeScalars.compactMap { scalar -> Character? in
            if scalar == " " || scalar == "-" { return "-" }
            return scalar.properties.isAlphabetic || scalar.properties.numericType != nil ? Character(scalar) : nil
        }
        return "\(Self.address)#\(String(anchor))"
    }
}
