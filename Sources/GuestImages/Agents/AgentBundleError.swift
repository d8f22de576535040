/// Why something is not an agent that a guest could run.
public struct AgentBundleError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case unreadable, noAgent, notExecutable
        /// The program is for other guests than were asked for.
        case otherArchitecture
        case tooLarge, badPackage, unsafePackage, toolMissing, libraryMissing
        /// A program that an agent needs in its guest.
        case programMissing
        case badConfiguration
    }

    public let code: Code
    /// The bundle, or the tool.
    public let subject: String
    public let detail: String

    init(_ code: Code, subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    public var description: String {
        switch code {
        case .unreadable: "cannot read the agent '\(subject)': \(detail); use a .deb, an .rpm or a folder"
        case .noAgent: "no agent in '\(subject)'; expected \(detail)"
        case .notExecutable: "the agent in '\(subject)' is not a program for Linux on 64 bits: \(detail)"
        case .otherArchitecture: "the program in '\(subject)' is not for \(detail) guests; give each architecture its own, or choose guests with --arch"
        case .tooLarge: "'\(subject)' is too large for an agent: \(detail)"
        case .badPackage: "cannot read the package '\(subject)': \(detail)"
        case .unsafePackage: "rejected '\(subject)': \(detail)"
        case .toolMissing: "'\(subject)' is missing, which reading this bundle needs; install Debian's package \(detail)"
        case .libraryMissing: "the agent in '\(subject)' needs shared libraries that are not on this machine: \(detail); install them, or use a static build"
        case .programMissing: "'\(subject)' is missing on this machine, which the agent needs in its guest; install Debian's package \(detail)"
        case .badConfiguration: "the configuration in '\(subject)' is not a JSON object: \(detail)"
        }
    }
}
