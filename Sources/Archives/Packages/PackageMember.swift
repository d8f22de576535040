/// What a package holds at a path.
public struct PackageMember: Hashable, Sendable {
    public enum Kind: Hashable, Sendable { case file, folder, link, special }

    /// Relative, without `./` in front.
    public let path: String
    public let kind: Kind
    /// Where in the archive its content lies; empty unless it is a file.
    public internal(set) var content: Range<Int>

    /// - Throws: When the path leaves the package, or when it is a device or a pipe: packages have neither.
    init(name: String, kind: Kind, content: Range<Int>) throws(PackageStreamError) {
        let parts = name.split(separator: "/").filter { $0 != "." }
        let shown = String(name.prefix(200)).debugDescription
        guard !name.hasPrefix("/"), !parts.contains("..") else { throw .unsafe("the path \(shown) leads out of it") }
        guard kind != .special else { throw .unsafe("\(shown) is a device or a pipe") }
        path = parts.joined(separator: "/")
        self.kind = kind
        self.content = content
    }
}

/// Why a package's content cannot be taken.
public enum PackageStreamError: Error, Hashable, Sendable {
    case malformed(String)
    case unsafe(String)
    case tooLarge(String)
}
