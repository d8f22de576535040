import Digests
import Glibc
import HostTools

/// A published list of checksums: `SHA256SUMS` as coreutils write it, or Fedora's `CHECKSUM` in BSD's form.
struct ChecksumList: Hashable {
    /// The strongest checksum of each file.
    private let sums: [String: Checksum]

    init(_ text: String) {
        var sums: [String: Checksum] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let (name, sum) = Self.tagged(line) ?? Self.plain(line) else { continue }
            if let known = sums[name], known.algorithm.byteCount >= sum.algorithm.byteCount { continue }
            sums[name] = sum
        }
        self.sums = sums
    }

    subscript(name: String) -> Checksum? { sums[name] }

    /// The file of a name, or of a pattern such as `al2023-kvm-*.qcow2`. Of several matches the last by name, which has the highest version.
    func file(_ pattern: String) -> (name: String, checksum: Checksum)? {
        if let checksum = sums[pattern] { return (pattern, checksum) }
        return sums.keys.filter { fnmatch(pattern, $0, FNM_PATHNAME) == 0 }.max().flatMap { name in sums[name].map { (name, $0) } }
    }

    /// `SUM  NAME`, or `SUM *NAME`.
    private static func plain(_ line: Substring) -> (String, Checksum)? {
        guard let blank = line.firstIndex(of: " "), let sum = checksum(line[..<blank]) else { return nil }
        let name = line[line.index(after: blank)...].drop { $0 == " " || $0 == "*" }
        return (String(name.hasPrefix("./") ? name.dropFirst(2) : name), sum)
    }

    /// `SHA256 (NAME) = SUM`
    private static func tagged(_ line: Substring) -> (String, Checksum)? {
        guard line.hasPrefix("SHA256 (") || line.hasPrefix("SHA512 ("), let end = line.lastIndex(of: ")"), let start = line.firstIndex(of: "("),
            let sum = checksum(line[end...].drop { $0 == ")" || $0 == " " || $0 == "=" })
        else { return nil }
        return (String(line[line.index(after: start)..<end]), sum)
    }

    private static func checksum(_ text: Substring) -> Checksum? { Checksum(text) }
}
