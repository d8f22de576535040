/// Reads files out of a file system without mounting it.
///
/// Names and sizes in an image are not trusted. No name of an image becomes a path of this machine: files are copied one by one to names that
/// the caller chooses. (`debugfs rdump` would write to the target of a crafted name or link.)
protocol VolumeReader: Sendable {
    /// The content of a folder; empty when there is no such folder. Entries whose names are not plain are left out.
    func entries(in folder: String) async throws -> [VolumeEntry]

    /// Copies a file that a listing returned.
    /// - Parameters:
    ///   - path: A path of plain names.
    ///   - name: A new file next to the disk.
    func copy(_ path: String, to name: String) async throws
}

struct VolumeEntry: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case file, folder, other }

    let name: String
    let kind: Kind
    /// In bytes; 0 for what is not a file.
    let size: Int

    /// Whether a name, or a path of such names, can be passed to a tool that reads commands as text.
    static func isPlain(_ path: String) -> Bool {
        path.utf8.count < 1024 && !path.split(separator: "/").contains { $0 == ".." || $0 == "." }
            && path.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "/._+-@".utf8.contains(byte)
                }
            }
    }
}

extension VolumeReader {
    /// The file of a path; nil when there is none.
    func file(_ path: String) async throws -> VolumeEntry? {
        let parts = path.split(separator: "/")
        let folder = "/" + parts.dropLast().joined(separator: "/")
        return try await entries(in: folder).first { $0.name == parts.last ?? "" && $0.kind == .file }
    }

    /// The first of several folders that is not empty.
    func firstFilled(_ folders: [String]) async throws -> String? {
        for folder in folders where try await !entries(in: folder).isEmpty { return folder }
        return nil
    }
}
