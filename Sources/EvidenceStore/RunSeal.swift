import Crypto
import SystemPackage

/// The digests of a finished run's records, in the format of sha256sum(1): `sha256sum --check SHA256SUMS` says the same as kmatrix.
///
/// It finds what was changed by hand or by accident. It is no signature: who computes it anew is believed.
struct RunSeal: Hashable {
    static let fileName = "SHA256SUMS"

    /// Digests in hexadecimal, by path below the run's folder.
    var digests: [String: String]

    static func digest(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }

    /// - Returns: Nil when the run was not sealed.
    static func read(in folder: FilePath) throws -> RunSeal? {
        guard let bytes = try BoundedFile.read(folder.appending(fileName), limit: 256 << 20) else { return nil }
        var digests: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            guard parts.count == 2, parts[0].count == 64 else { throw Errno.badFileTypeOrFormat }
            digests[String(parts[1].drop { $0 == " " })] = String(parts[0])
        }
        return RunSeal(digests: digests)
    }

    func write(in folder: FilePath) throws {
        let lines = digests.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }
        try DurableFile.write(Array(lines.joined().utf8), to: folder.appending(Self.fileName))
    }
}
