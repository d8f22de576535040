import HostTools
import SystemPackage

/// The compression of an index, from its name.
enum Packing: String, CaseIterable {
    case xz, gz, zst, bz2

    init?(_ path: String) { self.init(rawValue: FilePath(path).extension ?? "") }

    /// Unpacks a file into another that may grow to `limit` bytes.
    /// - Throws: `CatalogueError` with `malformedIndex`, `tooLarge`, `noSpace` or `toolMissing`.
    func unpack(_ packed: FilePath, into file: FilePath, limit: Int, subject: String) async throws {
        let (tool, options): (HostTool, [String]) =
            switch self {
            // The file has no holes: it is as long as what was written.
            case .xz: (.xz, ["--no-sparse"])
            case .gz: (.gzip, [])
            case .zst: (.zstd, ["--no-sparse"])
            case .bz2: (.bzip2, [])
            }
        do {
            try await ToolLauncher().write(tool, options + ["--decompress", "--stdout", "--", packed.string], to: file, limit: limit)
        } catch let error as HostToolError {
            throw CatalogueError(error, subject: subject, failure: .malformedIndex)
        }
    }
}
