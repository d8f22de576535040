import CGuestSystem
import Glibc

/// Unpacks a payload archive below a folder. Symbolic links are made but never followed.
public enum PayloadUnpacking {
    /// - Parameters:
    ///   - source: A block device or file that starts with the archive.
    ///   - destination: An existing folder.
    /// - Returns: The number of entries.
    @discardableResult
    public static func unpack(_ source: String, below destination: String) throws -> Int {
        let disk = try PayloadDisk(source)
        let root = try SystemCallError.check(gs_open_folder(destination), "open", destination)
        defer { close(root) }
        var archive = PayloadArchive { limit throws(PayloadArchive.Violation) in try disk.read(upTo: limit) }
        var count = 0
        while let entry = try archive.next() {
            try unpack(entry, from: &archive, root: root)
            count += 1
        }
        return count
    }

    private static func unpack(_ entry: PayloadArchive.Entry, from archive: inout PayloadArchive, root: Int32) throws {
        let path = entry.path.joined(separator: "/")
        guard let name = entry.path.last else { return }
        let parent = try enter(entry.path.dropLast(), root: root)
        switch entry.kind {
        case .folder:
            let folder = Descriptor(owning: try SystemCallError.check(gs_enter_folder(parent.raw, name), "make folder", path))
            try SystemCallError.check(gs_set_mode(folder.raw, entry.mode), "set mode of", path)
        case .symlink(let target):
            try SystemCallError.check(gs_make_symlink(parent.raw, name, target), "link", path)
        case .file(let size):
            let file = Descriptor(owning: try SystemCallError.check(gs_create_file(parent.raw, name, 0o600), "create", path))
            try archive.content(size: size) { (piece) throws(SystemCallError) in try file.write(piece) }
            try SystemCallError.check(gs_set_mode(file.raw, entry.mode), "set mode of", path)
        }
    }

    private static func enter(_ folders: some Sequence<String>, root: Int32) throws(SystemCallError) -> Descriptor {
        var place = Descriptor(owning: try SystemCallError.check(dup(root), "dup"))
        for folder in folders { place = Descriptor(owning: try SystemCallError.check(gs_enter_folder(place.raw, folder), "enter", folder)) }
        return place
    }
}
