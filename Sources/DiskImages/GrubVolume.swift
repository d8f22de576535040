import Foundation
import HostTools
import SystemPackage

/// Any other file system, read by GRUB's own drivers: `grub-fstest` reads xfs, btrfs and vfat as the boot loader does.
struct GrubVolume: VolumeReader {
    /// The folder of the disk.
    let folder: FilePath
    let disk: String
    /// The device's name in GRUB: `(loop0,gpt1)`.
    let device: String
    let tools: ImageTools

    init(folder: FilePath, disk: String, volume: Volume, tools: ImageTools) {
        self.folder = folder
        self.disk = disk
        self.tools = tools
        device = volume.scheme.map { "(loop0,\($0.rawValue)\(volume.number))" } ?? "(loop0)"
    }

    func entries(in path: String) async throws -> [VolumeEntry] {
        guard VolumeEntry.isPlain(path) else { return [] }
        let place = path.hasSuffix("/") ? path : path + "/"
        let outcome = try await tools.run(.grubFSTest, [disk, "ls", "--", "-l", "\(device)\(place)"], in: folder)
        return outcome.stdout.split(separator: "\n").compactMap { line in
            // SIZE DATE NAME, or DIR DATE NAME/
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count == 3 else { return nil }
            let isFolder = words[0] == "DIR"
            let name = isFolder && words[2].hasSuffix("/") ? String(words[2].dropLast()) : words[2]
            guard VolumeEntry.isPlain(name), !name.isEmpty, !name.contains("/") else { return nil }
            return isFolder ? VolumeEntry(name: name, kind: .folder, size: 0) : Int(words[0]).map { VolumeEntry(name: name, kind: .file, size: $0) }
        }
    }

    func copy(_ path: String, to name: String) async throws {
        guard VolumeEntry.isPlain(path), path.hasPrefix("/") else { throw unreadable(path, "no plain path") }
        let outcome = try await tools.run(.grubFSTest, [disk, "cp", "\(device)\(path)", name], in: folder)
        guard outcome.isSuccess, FileManager.default.fileExists(atPath: folder.appending(name).string) else { throw unreadable(path, outcome.complaint) }
    }

    private func unreadable(_ path: String, _ why: String) -> DiskImageError {
        DiskImageError(.damaged, subject: folder.appending(disk).string, detail: "'\(path.prefix(200))' cannot be read (\(why.prefix(200)))")
    }
}
