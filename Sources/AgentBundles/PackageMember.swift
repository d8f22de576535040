/// What a package holds at a path.
struct PackageMember: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case file, folder, link, special }

    /// Relative, without `./` in front.
    let path: String
    let kind: Kind
    /// Empty unless it is a file.
    let content: [UInt8]

    /// - Throws: When the path leaves the package, or when it is a device or a pipe: no agent's maker packs either.
    init(name: String, kind: Kind, content: [UInt8] = []) throws(PackageStreamError) {
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
enum PackageStreamError: Error, Hashable, Sendable {
    case malformed(String)
    case unsafe(String)
    case tooLarge(String)
}
