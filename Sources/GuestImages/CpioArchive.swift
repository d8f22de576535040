public import SystemPackage

/// A cpio archive of the "newc" format as a value (kernel documentation, driver-api/early-userspace/buffer-format).
///
/// The same entries give the same bytes: sorted by path, owned by root, time 0. Missing parent folders are added.
public struct CpioArchive: Sendable {
    public enum Source: Hashable, Sendable {
        case bytes([UInt8])
        /// A file that is read while the archive is written.
        case file(FilePath)
    }

    public enum Content: Hashable, Sendable {
        case file(Source)
        case folder
        case symlink(target: String)
        case characterDevice(major: UInt32, minor: UInt32)
    }

    public struct Entry: Hashable, Sendable {
        /// Relative, as `usr/sbin/agent`.
        public let path: String
        public let content: Content
        /// The permission bits.
        public let mode: UInt32

        public init(path: String, content: Content, mode: UInt32) {
            self.path = path
            self.content = content
            self.mode = mode
        }
    }

    /// Sorted, every entry after the folder it is in.
    public let entries: [Entry]

    /// - Throws: `GuestImageError.invalidPath` for a path that is absolute, could climb, or occurs twice.
    public init(_ entries: [Entry]) throws {
        var byPath: [String: Entry] = [:]
        for entry in entries {
            try Self.check(entry.path)
            guard byPath.updateValue(entry, forKey: entry.path) == nil else { throw GuestImageError(.invalidPath, found: entry.path) }
        }
        for entry in entries {
            var components = entry.path.split(separator: "/").dropLast()
            while !components.isEmpty {
                let folder = components.joined(separator: "/")
                if let there = byPath[folder], there.content != .folder { throw GuestImageError(.invalidPath, found: entry.path) }
                if byPath[folder] == nil { byPath[folder] = Entry(path: folder, content: .folder, mode: 0o755) }
                components.removeLast()
            }
        }
        // By bytes: a folder's path is a prefix of those below it, so it comes first.
        self.entries = byPath.values.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private static func check(_ path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isSafe = parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) }
        guard isSafe, path.utf8.count < 4096, path != "TRAILER!!!" else { throw GuestImageError(.invalidPath, found: path) }
    }
}
