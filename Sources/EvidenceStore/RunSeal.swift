import Digests
import SystemPackage

/// The digests of a finished run's records, in the format of sha256sum(1): `sha256sum --check SHA256SUMS` says the same as kmatrix.
///
/// It finds what was changed by hand or by accident. It is not a signature: anyone can compute it again.
struct RunSeal: Hashable {
    static let fileName = "SHA256SUMS"

    /// Digests in hexadecimal, by path below the run's folder.
    var digests: [String: String]

    struct MalformedLine: Error, CustomStringConvertible {
        var description: String { "a line is not a digest and a file" }
    }

    static func digest(_ bytes: [UInt8]) -> String { Digest(of: bytes).hexadecimal }

    /// - Returns: Nil when the run was not sealed.
    static func read(in folder: FilePath) throws -> RunSeal? {
        guard let bytes = try BoundedFile.read(folder.appending(fileName), limit: 256 << 20) else { return nil }
        var digests: [String: String] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            // sha256sum(1) writes 64 digits, a blank, one more blank (or a star for binary), and the name.
            guard line.count > 66 else { throw MalformedLine() }
            digests[String(decoding: line.dropFirst(66), as: UTF8.self)] = String(decoding: line.prefix(64), as: UTF8.self)
        }
        return RunSeal(digests: digests)
    }

    /// Why a file's bytes are not those that were sealed; nil when they are.
    func doubt(_ file: String, _ bytes: [UInt8]) -> RunReadingError.Code? {
        guard let sealed = digests[file] else { return .unsealed }
        return sealed == Self.digest(bytes) ? nil : .altered
    }

    func write(in folder: FilePath) throws {
        let lines = digests.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }
        try DurableFile.write(Array(lines.joined().utf8), to: folder.appending(Self.fileName))
    }
}
