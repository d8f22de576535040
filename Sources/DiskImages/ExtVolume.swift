import Foundation
import HostTools
import SystemPackage

/// An ext2, ext3 or ext4 file system, read by `debugfs`.
struct ExtVolume: VolumeReader {
    /// The folder of the disk. Tools receive names in it, because a full path could contain characters that they interpret.
    let folder: FilePath
    let disk: String
    let offset: Int
    let tools: ImageTools

    func entries(in path: String) async throws -> [VolumeEntry] {
        guard VolumeEntry.isPlain(path) else { return [] }
        return try await request("ls -p \(path)").split(separator: "\n").compactMap { line in
            // /INODE/MODE/USER/GROUP/NAME/SIZE/ — a name with a slash does not match, and is not valid.
            let parts = line.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 8, !parts[5].isEmpty, VolumeEntry.isPlain(parts[5]), let mode = Int(parts[2], radix: 8) else { return nil }
            return switch mode >> 12 {
            case 0o10: Int(parts[6]).map { VolumeEntry(name: parts[5], kind: .file, size: $0) }
            case 0o4: VolumeEntry(name: parts[5], kind: .folder, size: 0)
            default: VolumeEntry(name: parts[5], kind: .other, size: 0)
            }
        }
    }

    func copy(_ path: String, to name: String) async throws {
        guard VolumeEntry.isPlain(path) else { throw unreadable(path) }
        _ = try await request("dump \(path) \(name)")
        guard FileManager.default.fileExists(atPath: folder.appending(name).string) else { throw unreadable(path) }
    }

    /// Runs one debugfs request. debugfs succeeds even if a request fails, so its standard error is checked.
    private func request(_ text: String) async throws -> String {
        let outcome = try await tools.run(.debugfs, ["-c", "-R", text, "\(disk)?offset=\(offset)"], in: folder)
        let lines = outcome.stderr.split(separator: "\n")
        if let full = lines.first(where: { $0.contains("No space left on device") }) {
            throw DiskImageError(.noSpace, subject: folder.string, detail: String(full.prefix(300)))
        }
        if let refusal = lines.first(where: { $0.contains("while trying to open") || $0.contains("while reading ext2 file") }) {
            throw DiskImageError(.damaged, subject: folder.appending(disk).string, detail: String(refusal.prefix(300)))
        }
        return outcome.stdout
    }

    private func unreadable(_ path: String) -> DiskImageError {
        DiskImageError(.damaged, subject: folder.appending(disk).string, detail: "'\(path.prefix(200))' cannot be read")
    }
}
