internal import ArtefactCache
import Foundation
public import SystemPackage

/// A guest that waits for its plan, in files, which stay as long as this value does.
public struct Snapshot: Sendable {
    public let key: String
    public let folder: FilePath
    public let files: SnapshotFiles
    /// What a distribution wrote while it came up, as a layer over its image (qcow2), for the layers of the guests; nil for a guest without one.
    public let disk: FilePath?
    let use: EntryUse

    /// The console of the boot, from its first byte.
    public var console: FilePath { folder.appending(Self.consoleName) }

    static let consoleName = "console.log"

    init(key: String, folder: FilePath, _ manifest: SnapshotManifest, _ use: EntryUse) {
        self.use = use
        self.key = key
        self.folder = folder
        files = SnapshotFiles(memory: folder.appending(manifest.memory.name), state: folder.appending(manifest.state.name))
        disk = manifest.disk.map { folder.appending($0.name) }
    }
}

/// What is said of a snapshot next to it, by which it is checked.
struct SnapshotManifest: Codable, Hashable {
    struct File: Codable, Hashable {
        /// No other making of the same snapshot has a file of this name: memory and state that do not belong together are never found
        /// together, even if another process changes them meanwhile.
        let name: String
        /// In bytes.
        let size: Int
        let digest: String
    }

    let memory: File
    let state: File
    let disk: File?
    /// `uname -r` of its guest, for people.
    let release: String
    /// What it was made with, for people.
    let commandLine: [String]

    static let name = "manifest.json"

    var files: [File] { [memory, state] + [disk].compactMap(\.self) }

    init(memory: File, state: File, disk: File?, release: String, commandLine: [String]) {
        self.memory = memory
        self.state = state
        self.disk = disk
        self.release = release
        self.commandLine = commandLine
    }

    /// Nil when there is none that can be read, or one that names files elsewhere.
    init?(in folder: FilePath) {
        guard let data = FileManager.default.contents(atPath: folder.appending(Self.name).string), let found = try? JSONDecoder().decode(Self.self, from: data),
            found.files.allSatisfy({ FilePath.Component($0.name)?.kind == .regular })
        else { return nil }
        self = found
    }

    func write(in folder: FilePath) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(filePath: folder.appending(Self.name).string))
    }
}
