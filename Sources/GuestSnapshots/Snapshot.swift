public import QEMUGuest
public import SystemPackage

/// A guest that waits for its plan, in files.
public struct Snapshot: Hashable, Sendable {
    public let key: String
    public let folder: FilePath

    /// The console of the boot, from its first byte.
    public var console: FilePath { folder.appending(Name.console) }
    public var files: SnapshotFiles { SnapshotFiles(memory: folder.appending(Name.memory), state: folder.appending(Name.state)) }
    var manifest: FilePath { folder.appending(Name.manifest) }

    enum Name {
        static let memory = "memory"
        static let state = "state"
        static let console = "console.log"
        static let manifest = "manifest.json"
    }
}

/// What is said of a snapshot beside it, by which it is checked.
struct SnapshotManifest: Codable, Hashable {
    struct File: Codable, Hashable {
        /// In bytes.
        let size: Int
        let digest: String
    }

    let memory: File
    let state: File
    /// `uname -r` of its guest, for people.
    let release: String
    /// What it was made with, for people.
    let commandLine: [String]
}
