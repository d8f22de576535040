import Foundation

/// The kernel packages of one rpm repository, from its `primary.xml`.
struct RpmIndex: Codable, Sendable {
    struct Package: Codable, Hashable, Sendable {
        let name: String
        let epoch: String
        let version: String
        let release: String
        /// Below the repository's folder.
        let path: String
        let size: Int
        let sha256: String
        /// What `uname -r` says on its kernel, where the package says so.
        let kernelRelease: String?
    }

    let packages: [Package]

    /// Reads an index, up to hundreds of megabytes of it, and keeps what is called one of `names`.
    init(_ bytes: Data, names: Set<String>) throws(XMLElement.Malformed) {
        var found: [Package] = []
        for range in Self.ranges(of: bytes) {
            // Nearly every package is something else, and is passed over without being made into elements.
            guard let name = Self.name(in: bytes[range]), names.contains(name) else { continue }
            if let package = Package(try XMLElement(parsing: String(decoding: bytes[range], as: UTF8.self))) { found.append(package) }
        }
        packages = found
    }

    /// Where the `<package …>…</package>` are.
    private static func ranges(of bytes: Data) -> [Range<Int>] {
        bytes.withUnsafeBytes { buffer in
            var ranges: [Range<Int>] = []
            var position = 0
            while let start = Self.find("<package ", in: buffer, from: position), let end = Self.find("</package>", in: buffer, from: start) {
                position = end + "</package>".utf8.count
                ranges.append(start..<position)
            }
            return ranges
        }
    }

    /// Where a tag stands, which begins with `<` as all do.
    private static func find(_ text: String, in buffer: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = buffer.baseAddress else { return nil }
        var position = start
        while position < buffer.count, let found = memchr(base + position, 0x3C, buffer.count - position) {
            position = UnsafeRawPointer(found) - base
            if buffer.count - position >= text.utf8.count, memcmp(base + position, text, text.utf8.count) == 0 { return position }
            position += 1
        }
        return nil
    }

    private static func name(in package: Data) -> String? {
        guard let open = package.firstRange(of: "<name>".utf8) else { return nil }
        let rest = package[open.upperBound...].prefix(200)
        return rest.firstIndex(of: UInt8(ascii: "<")).map { String(decoding: rest[..<$0], as: UTF8.self) }
    }
}

extension RpmIndex.Package {
    /// Nil for what is not of this architecture, or says no SHA256.
    fileprivate init?(_ element: XMLElement) {
        guard element.child("arch")?.text == "x86_64", let name = element.child("name")?.text, let numbers = element.child("version")?.attributes,
            let version = numbers["ver"], let release = numbers["rel"], let checksum = element.child("checksum"), checksum.attributes["type"] == "sha256",
            checksum.text.utf8.count == 64, let path = element.child("location")?.attributes["href"], RepositoryMetadata.isBelow(path),
            let size = element.child("size")?.attributes["package"].flatMap({ Int($0) }), size > 0, size < 2 << 30
        else { return nil }
        let provided = element.child("format")?.child("rpm:provides")?.children("rpm:entry") ?? []
        let uname = provided.first { $0.attributes["name"]?.hasSuffix("uname-r") == true }?.attributes
        let kernelRelease = uname.flatMap { uname in uname["ver"].map { ver in uname["rel"].map { "\(ver)-\($0)" } ?? ver } }
        self.init(
            name: name, epoch: numbers["epoch"] ?? "0", version: version, release: release, path: path, size: size, sha256: checksum.text.lowercased(),
            kernelRelease: kernelRelease)
    }
}
