public import SystemPackage

/// The mounts of this process, from `/proc/self/mountinfo` (proc_pid_mountinfo(5)).
public struct MountTable: Hashable, Sendable {
    public struct Mount: Hashable, Sendable {
        /// Which part of the file system is mounted: `/` for all of it.
        public let root: String
        public let point: FilePath
        public let fileSystem: String
    }

    public let mounts: [Mount]

    /// Skips lines that do not have the documented form.
    public init(parsing text: String) {
        mounts = text.split(separator: "\n").compactMap { line in
            // 36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/root rw; the dash follows any number of optional fields.
            let fields = line.split(separator: " ", omittingEmptySubsequences: false)
            guard fields.count >= 9, let dash = fields.dropFirst(6).firstIndex(of: "-"), dash + 1 < fields.count else { return nil }
            return Mount(
                root: Self.unescaped(fields[3]), point: FilePath(Self.unescaped(fields[4])), fileSystem: String(fields[dash + 1]))
        }
    }

    /// This process's own table.
    public static func current() throws(Errno) -> MountTable {
        let bytes = try BoundedFile.read("/proc/self/mountinfo", limit: 4 << 20)
        return MountTable(parsing: String(decoding: bytes, as: UTF8.self))
    }

    /// The mount point of the unified hierarchy; a mount of the whole hierarchy takes precedence over one of a part.
    public var cgroup2: FilePath? {
        let candidates = mounts.filter { $0.fileSystem == "cgroup2" }
        return (candidates.first { $0.root == "/" } ?? candidates.first)?.point
    }

    /// Blank, tab, newline and backslash are written as three octal digits.
    private static func unescaped(_ field: Substring) -> String {
        guard field.contains("\\") else { return String(field) }
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3,
                let value = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
