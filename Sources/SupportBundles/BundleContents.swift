import Archives
public import Diagnosis

/// The files of a bundle that could be read, and warnings about the others.
public struct BundleContents: Sendable {
    public private(set) var files: [BundleFile] = []
    public private(set) var warnings: [String] = []

    let limits: BundleLimits
    /// Of all files, in bytes.
    private var kept = 0
    private var unpacked = 0

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
        // Keys are never read.
        let isTag = parts.last == "provisioned.tag" || parts.last == "status.tag"
        guard !plain.lowercased().hasSuffix(".key"), !parts.contains("keys") || isTag else {
            warn("\(shown) was not looked at: it may hold a key; it should not have been sent")
            return nil
        }
        return plain
    }

    /// Counts what comes out of a compressed file.
    mutating func count(unpacked bytes: Int) throws(ArchiveError) {
        unpacked += bytes
        guard unpacked <= limits.unpacked else { throw .tooLarge("more than \(limits.unpacked) bytes once unpacked") }
    }

    /// What is left of the bytes that may come out of compressed files.
    var left: Int { limits.unpacked - unpacked }

    /// A text that is read piece by piece, and of which so much is kept as there is room for.
    func newText() -> BundleText { BundleText(limit: limits.next(after: kept)) }

    mutating func append(_ name: String, _ text: BundleText) {
        var text = text
        let bytes = text.finish()
        kept += bytes.count
        files.append(BundleFile(name: name, bytes: bytes, isTruncated: !text.isWhole))
    }
}
