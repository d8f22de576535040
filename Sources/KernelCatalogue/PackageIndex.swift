import Foundation
import SystemPackage

/// The kernel packages of one suite, from its `Packages` file.
struct PackageIndex: Codable, Sendable {
    struct Package: Codable, Hashable, Sendable {
        let name: String
        let version: String
        /// Below the archive's address.
        let filename: String
        let size: Int
        let sha256: String
    }

    let packages: [Package]

    /// What the names of packages with a kernel's files start with.
    static let prefixes = ["linux-image-", "linux-binary-", "linux-modules-", "linux-base-"]

    init(packages: [Package]) { self.packages = packages }

    /// Reads an index, tens of megabytes of it, and keeps what belongs to kernels.
    init(_ bytes: Data) {
        var found: [Package] = []
        bytes.withUnsafeBytes { buffer in
            let wanted = Array("Package: linux-".utf8)
            var start = 0
            while start < buffer.count {
                let end = Self.endOfStanza(buffer, from: start)
                let stanza = buffer[start..<end]
                // Nearly every stanza is of something else, and is passed over without being made into text.
                if stanza.starts(with: wanted), let package = Self.package(String(decoding: stanza, as: UTF8.self)) { found.append(package) }
                start = end + 1
                while start < buffer.count, buffer[start] == UInt8(ascii: "\n") { start += 1 }
            }
        }
        packages = found
    }

    private static func endOfStanza(_ buffer: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = buffer.baseAddress else { return buffer.count }
        var position = start
        while position < buffer.count, let found = memchr(base + position, 0x0A, buffer.count - position) {
            let offset = UnsafeRawPointer(found) - base
            if offset + 1 >= buffer.count || buffer[offset + 1] == 0x0A { return offset }
            position = offset + 1
        }
        return buffer.count
    }

    private static func package(_ text: String) -> Package? {
        guard let stanza = ControlStanza.parse(text).first, let name = stanza["Package"], prefixes.contains(where: name.hasPrefix),
            let version = stanza["Version"], let filename = stanza["Filename"], let size = stanza["Size"].flatMap({ Int($0) }),
            let sha256 = stanza["SHA256"], size > 0, size < 2 << 30, sha256.utf8.count == 64,
            // The name becomes part of an address below the archive.
            !filename.hasPrefix("/"), !filename.split(separator: "/").contains("..")
        else { return nil }
        return Package(name: name, version: version, filename: filename, size: size, sha256: sha256)
    }
}
