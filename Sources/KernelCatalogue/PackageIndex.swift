import Foundation
import HostTools
import SystemPackage

/// The kernel packages of one suite, and further ones by name, from its `Packages` file.
struct PackageIndex: Codable, Sendable {
    struct Package: Codable, Hashable, Sendable {
        let name: String
        let version: String
        /// Below the archive's address.
        let filename: String
        let size: Int
        let checksum: Checksum
        /// The names of the packages it depends on; only for small packages, which may be meta packages.
        let depends: [String]
    }

    let packages: [Package]
    /// How many packages of any kind the file lists.
    let listed: Int

    /// Prefixes of packages with a kernel's files.
    static let prefixes = ["linux-image-", "linux-binary-", "linux-modules-", "linux-base-"]
    /// In bytes. Every package with a kernel's image is larger.
    private static let largestMeta = 1 << 20

    init(packages: [Package]) { (self.packages, listed) = (packages, packages.count) }

    /// Reads an index of tens of megabytes, and keeps the kernel packages.
    /// - Parameter further: Names of packages that are kept in addition.
    init(_ bytes: Data, further: Set<String> = []) {
        var found: [Package] = []
        var listed = 0
        bytes.withUnsafeBytes { buffer in
            let wanted = [Array("Package: linux-".utf8)] + further.sorted().map { Array("Package: \($0)\n".utf8) }
            var start = 0
            while start < buffer.count {
                let end = Self.endOfStanza(buffer, from: start)
                let stanza = buffer[start..<end]
                // Most stanzas are about other packages, and are skipped without decoding their text.
                if wanted.contains(where: stanza.starts), let package = Self.package(String(decoding: stanza, as: UTF8.self), further) { found.append(package) }
                if stanza.starts(with: Self.field) { listed += 1 }
                start = end + 1
                while start < buffer.count, buffer[start] == UInt8(ascii: "\n") { start += 1 }
            }
        }
        packages = found
        self.listed = listed
    }

    private static let field = Array("Package: ".utf8)

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

    private static func package(_ text: String, _ further: Set<String>) -> Package? {
        guard let stanza = ControlStanza.parse(text).first, let name = stanza["Package"], further.contains(name) || prefixes.contains(where: name.hasPrefix),
            let version = stanza["Version"], let filename = stanza["Filename"], let size = stanza["Size"].flatMap({ Int($0) }),
            let checksum = Checksum.strongest(of: stanza), size > 0, size < 2 << 30, RelativeLocation.isPlain(filename)
        else { return nil }
        return Package(
            name: name, version: version, filename: filename, size: size, checksum: checksum, depends: size < largestMeta ? depends(stanza["Depends"]) : [])
    }

    /// `linux-image-6.9.3-surface-2 (= 6.9.3-2), kmod | module-init` without versions, the first of alternatives.
    private static func depends(_ field: String?) -> [String] {
        (field ?? "").split(separator: ",").prefix(64).compactMap { dependency in
            dependency.split(whereSeparator: { $0.isWhitespace || $0 == "|" || $0 == "(" }).first.map(String.init)
        }
    }
}
