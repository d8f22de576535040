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

    /// The name under which a text is kept; nil for one that is not read.
    /// - Parameter name: As it was sent. One that leads out of the bundle is refused.
    mutating func accepted(_ name: String) -> String? {
        let parts = name.split(separator: "/").filter { $0 != "." }
        let shown = String(name.prefix(200)).debugDescription
        guard !name.hasPrefix("/"), !name.utf8.contains(0), !parts.contains("..") else {
            warn("\(shown) was refused: its name leads out of the bundle")
            return nil
        }
        let plain = parts.joined(separator: "/")
        // A key is never read, no matter who packed it.
        let isTag = parts.last == "provisioned.tag" || parts.last == "status.tag"
        guard !plain.lowercased().hasSuffix(".key"), !parts.contains("keys") || isTag else {
            warn("\(shown) was not looked at: it may hold a key; it should not have been sent")
            return nil
        }
        return plain
    }

    mutating func add(_ name: String, _ bytes: some Collection<UInt8>) {
        guard let plain = accepted(name) else { return }
        var text = BundleText(limit: limits.file)
        text.add(bytes)
        append(plain, text)
    }

    /// A text that was read piece by piece.
    mutating func append(_ name: String, _ text: BundleText) {
        var text = text
        files.append(BundleFile(name: name, bytes: text.finish(), isTruncated: !text.isWhole))
    }
}
