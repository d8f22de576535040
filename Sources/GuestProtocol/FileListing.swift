/// What lies below a path in the guest, the path itself first.
public struct FileListing: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public let path: String
        /// Type and permissions as in `st_mode`.
        public let mode: UInt32
        public let user: UInt32
        public let group: UInt32
        /// In bytes.
        public let size: UInt64

        public init(path: String, mode: UInt32, user: UInt32, group: UInt32, size: UInt64) {
            self.path = path
            self.mode = mode
            self.user = user
            self.group = group
            self.size = size
        }

        public var permissions: UInt32 { mode & 0o7777 }
        public var isFolder: Bool { mode & 0o170000 == 0o040000 }
    }

    public let path: String
    /// Empty when there is nothing at the path; at most `maximumEntries`.
    public let entries: [Entry]

    public static let maximumEntries = 200

    public init(path: String, entries: [Entry]) {
        self.path = path
        self.entries = entries
    }
}
