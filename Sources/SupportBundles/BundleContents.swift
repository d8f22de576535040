public import Diagnosis

/// What could be read of what was sent, and what was left out.
public struct BundleContents: Sendable {
    public private(set) var files: [BundleFile] = []
    public private(set) var warnings: [String] = []

    private let limits: BundleLimits

    init(limits: BundleLimits) { self.limits = limits }

    mutating func warn(_ text: String) {
        // A bundle of a thousand odd members needs no thousand lines.
        if warnings.count < 20 { warnings.append(text) }
    }

    /// - Parameter name: As it was sent. One that leads elsewhere is refused: whoever packed it meant no good.
    mutating func add(_ name: String, _ bytes: some Collection<UInt8>) {
        let parts = name.split(separator: "/").filter { $0 != "." }
        let shown = String(name.prefix(200)).debugDescription
        guard !name.hasPrefix("/"), !name.utf8.contains(0), !parts.contains("..") else { return warn("\(shown) was refused: its name leads out of the bundle") }
        let plain = parts.joined(separator: "/")
        // Keys are nobody's business, whoever packed them.
        let isTag = parts.last == "provisioned.tag" || parts.last == "status.tag"
        guard !plain.lowercased().hasSuffix(".key"), !parts.contains("keys") || isTag else {
            return warn("\(shown) was not looked at: it may hold a key; it should not have been sent")
        }
        let isTruncated = bytes.count > limits.file
        let kept = !isTruncated ? Array(bytes) : Self.isLog(plain) ? Array(bytes.suffix(limits.file)) : Array(bytes.prefix(limits.file))
        files.append(BundleFile(name: plain, bytes: kept, isTruncated: isTruncated))
    }

    static func isLog(_ name: String) -> Bool { name.hasSuffix(".log") || name.hasSuffix(".txt") }
}
