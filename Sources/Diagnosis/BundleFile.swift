/// A file that was sent: a name to show, and its bytes.
public struct BundleFile: Hashable, Sendable {
    /// As its sender called it. It is shown and matched, and never used as a path.
    public let name: String
    public let bytes: [UInt8]
    /// Whether the text was cut at the limit.
    public let isTruncated: Bool

    public init(name: String, bytes: [UInt8], isTruncated: Bool = false) {
        self.name = name
        self.bytes = bytes
        self.isTruncated = isTruncated
    }

    /// Its text. PowerShell redirects as UTF-16 with a byte order mark.
    public var text: String {
        if bytes.starts(with: [0xFF, 0xFE]) { return Self.utf16(bytes.dropFirst(2)) { $0 | $1 << 8 } }
        if bytes.starts(with: [0xFE, 0xFF]) { return Self.utf16(bytes.dropFirst(2)) { $0 << 8 | $1 } }
        return String(decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, join: (UInt16, UInt16) -> UInt16) -> String {
        let units = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { join(UInt16(bytes[$0]), UInt16(bytes[$0 + 1])) }
        return String(decoding: units, as: UTF16.self)
    }
}
