import StrictYAML
public import SystemPackage

/// A trusted public key, identified by its fingerprint.
public struct SigningKey: Hashable, Sendable {
    /// Where the key is fetched from when this machine does not have it.
    public enum Source: Hashable, Sendable {
        /// A package of Debian's archive, and the file in it.
        case package(String, file: FilePath)
        /// An http or https address. The key is trusted only by its fingerprint.
        case address(String)
    }

    /// Its name in the catalogue and in `kmatrix keys`: `ubuntu-archive`.
    public let name: String
    public let title: String
    /// Of the primary key, in hexadecimal capitals.
    public let fingerprint: String
    public let source: Source
    /// Files of this machine that may contain it, in search order.
    public let places: [FilePath]

    public init(name: String, title: String, fingerprint: String, source: Source, places: [FilePath]) {
        self.name = name
        self.title = title
        self.fingerprint = fingerprint
        self.source = source
        self.places = places
    }
}

extension SigningKey {
    init(name: String, _ node: YAMLNode) throws {
        try node.allow("title", "fingerprint", "package", "file", "address", "places")
        let fingerprint = try node.required("fingerprint").filter { $0 != " " }
        guard [40, 64].contains(fingerprint.utf8.count), fingerprint.allSatisfy({ $0.isHexDigit && !$0.isLowercase }) else {
            throw (node["fingerprint"] ?? node).error("'fingerprint' must be a whole fingerprint, in capitals")
        }
        let further = try node.texts("places").map { FilePath($0) }
        switch (try node.text("package"), try node.text("file"), try node.text("address")) {
        case (let package?, let file?, nil):
            guard file.hasPrefix("/"), !file.split(separator: "/").contains("..") else { throw node.error("'file' must be an absolute path") }
            self.init(
                name: name, title: try node.required("title"), fingerprint: fingerprint, source: .package(package, file: FilePath(file)),
                places: [FilePath(file)] + further)
        case (nil, nil, let address?):
            guard address.hasPrefix("https://") || address.hasPrefix("http://") else { throw node.error("'address' must be an address of the web") }
            self.init(name: name, title: try node.required("title"), fingerprint: fingerprint, source: .address(address), places: further)
        default: throw node.error("a key needs 'package' and 'file', or 'address'")
        }
    }
}
