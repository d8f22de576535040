import HostTools

/// An rpm repository's `repodata/repomd.xml`: the location of the current index, and its hashes (rpm-metadata(5)).
struct RepositoryMetadata {
    /// Relative to the base or else to the repository's folder.
    let location: String
    let base: String?
    let size: Int
    let checksum: Checksum
    /// The size of the unpacked file, where it is given.
    let unpackedSize: Int?

    /// - Throws: `CatalogueError` with `malformedIndex`.
    init(parsing text: String, address: String) throws(CatalogueError) {
        func malformed(_ reason: String) -> CatalogueError { CatalogueError(.malformedIndex, subject: address, detail: reason) }
        if text.prefix(512).lowercased().contains("<html") { throw malformed("it is a web page; the address is not a repository's, or a login is in between") }
        let root: XMLElement
        do { root = try XMLElement(parsing: text) } catch { throw malformed(error.reason) }
        guard root.name == "repomd" else { throw malformed("it is a document '\(root.name.prefix(40))' instead of 'repomd'") }
        guard let primary = root.children("data").first(where: { $0.attributes["type"] == "primary" }) else {
            let isDatabase = root.children("data").contains { $0.attributes["type"] == "primary_db" }
            throw malformed(
                isDatabase ? "it has its primary index as a database only; have it published with createrepo_c --no-database" : "it names no primary index")
        }
        guard let checksum = Checksum(rpm: primary.child("checksum")) else { throw malformed("its primary index has no SHA-256, SHA-384 or SHA-512") }
        guard let location = primary.child("location"), let path = location.attributes["href"], let size = primary.child("size").flatMap({ Int($0.text) }),
            size > 0
        else {
            throw malformed("it does not say where the primary index is")
        }
        self.location = path
        base = location.attributes["xml:base"]
        self.size = size
        self.checksum = checksum
        unpackedSize = primary.child("open-size").flatMap { Int($0.text) }.flatMap { $0 > 0 ? $0 : nil }
    }
}
