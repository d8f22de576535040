import CGuestSystem
import Glibc

/// Reads files up to a size that the reader chooses.
enum SmallFile {
    /// The bytes of a regular file up to `limit`, and its full length.
    struct Content: Equatable {
        let bytes: [UInt8]
        let length: Int
        var isTruncated: Bool { length > bytes.count }
    }

    /// Reads at most `limit` bytes of a regular file; nil for anything else, and when reading fails.
    static func read(_ path: String, limit: Int) -> Content? {
        let raw = gs_open_read(path)
        guard raw >= 0 else { return nil }
        let file = Descriptor(owning: raw)
        var isRegular: Int32 = 0
        var (size, inode, changed): (UInt64, UInt64, UInt64) = (0, 0, 0)
        guard gs_status(raw, &isRegular, &size, &inode, &changed) == 0, isRegular != 0 else { return nil }
        var bytes: [UInt8] = []
        // One byte beyond the limit tells a file that fits from one that does not; proc files have no size to ask for.
        while bytes.count <= limit {
            guard let piece = try? file.read(upTo: min(64 * 1024, limit + 1 - bytes.count)) else { return nil }
            if piece.isEmpty { break }
            bytes += piece
        }
        let length = max(bytes.count, Int(clamping: size) > limit ? Int(clamping: size) : 0)
        return Content(bytes: Array(bytes.prefix(limit)), length: length)
    }

    static func text(_ path: String, limit: Int = 1 << 20) -> String? {
        read(path, limit: limit).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The names in a folder, sorted; empty when there is no such folder.
    static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes a folder and those above it; one that is there already is fine.
    static func makeFolders(_ path: String) throws(SystemCallError) {
        var place = ""
        for component in path.split(separator: "/") {
            place += "/" + component
            let outcome = gs_make_folder(place, 0o755)
            if outcome < 0, outcome != -EEXIST { throw SystemCallError("make folder", place, code: -outcome) }
        }
    }

    static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(SystemCallError) {
        guard let slash = path.lastIndex(of: "/") else { throw SystemCallError("write", path, code: EINVAL) }
        let folder = path[..<slash]
        try makeFolders(String(folder))
        let parent = Descriptor(owning: try .check(gs_open_folder(folder.isEmpty ? "/" : String(folder)), "open", String(folder)))
        let name = String(path[path.index(after: slash)...])
        let file = Descriptor(owning: try .check(gs_create_file(parent.raw, name, mode), "create", path))
        try file.write(bytes)
    }
}

extension Int32 {
    /// Returns the descriptor, or throws the error of opening it.
    fileprivate static func check(_ result: Int32, _ operation: String, _ subject: String) throws(SystemCallError) -> Int32 {
        try SystemCallError.check(result, operation, subject)
    }
}
