import SystemPackage

/// How an index is packed, told by its name.
enum Packing: String, CaseIterable {
    case xz, gz, zst

    init?(_ path: String) { self.init(rawValue: FilePath(path).extension ?? "") }

    /// Unpacks a file into another that may grow to `limit` bytes.
    func unpack(_ packed: FilePath, into file: FilePath, limit: Int, subject: String) async throws {
        let (tool, package, options) =
            switch self {
            // Without holes in the file, which is as long as what was written.
            case .xz: ("xz", "xz-utils", ["--no-sparse"])
            case .gz: ("gzip", "gzip", [])
            case .zst: ("zstd", "zstd", ["--no-sparse"])
            }
        try await Tool.unpack(
            tool, package: package, arguments: options + ["--decompress", "--stdout", "--", packed.string], into: file, limit: limit, subject: subject,
            failure: .malformedIndex)
    }
}
