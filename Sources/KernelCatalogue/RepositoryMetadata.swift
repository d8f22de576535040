/// An rpm repository's `repodata/repomd.xml`: which index is the present one, and its hashes (rpm-metadata(5)).
struct RepositoryMetadata {
    /// Below the repository's folder.
    let path: String
    let size: Int
    let sha256: String
    /// What it unpacks to, where that is said.
    let unpackedSize: Int?

    /// - Throws: `CatalogueError` with `malformedIndex`.
    init(parsing text: String, address: String) throws(CatalogueError) {
        func malformed(_ reason: String) -> CatalogueError { CatalogueError(.malformedIndex, subject: address, detail: reason) }
        let root: XMLElement
        do { root = try XMLElement(parsing: text) } catch { throw malformed(error.reason) }
        guard root.name == "repomd", let primary = root.children("data").first(where: { $0.attributes["type"] == "primary" }) else {
            throw malformed("it names no primary index")
        }
        guard let checksum = primary.child("checksum"), checksum.attributes["type"] == "sha256", checksum.text.utf8.count == 64 else {
            throw malformed("it has no SHA256 of the primary index")
        }
        guard let path = primary.child("location")?.attributes["href"], Self.isBelow(path), let size = primary.child("size").flatMap({ Int($0.text) }), size > 0 else {
            throw malformed("it does not say where the primary index is")
        }
        self.path = path
        self.size = size
        sha256 = checksum.text.lowercased()
        unpackedSize = primary.child("open-size").flatMap { Int($0.text) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Names in an index become part of an address below the repository's.
    static func isBelow(_ path: String) -> Bool {
        !path.isEmpty && !path.hasPrefix("/") && !path.contains("://") && !path.split(separator: "/").contains("..")
    }
}
