internal import Glibc
internal import SystemPackage

/// An open folder of a process in `/proc`. It stays bound to that process: when the process has ended the folder is empty, even if a new process
/// has the same pid (proc(5), pidfd_open(2)).
struct ProcessFolder: ~Copyable {
    private let folder: FileDescriptor

    /// Returns nil when the process does not exist.
    init?(_ number: UInt32) {
        guard let folder = try? FileDescriptor.open(FilePath("/proc/\(number)"), .readOnly, options: [.directory, .closeOnExec]) else { return nil }
        self.folder = folder
    }

    deinit { try? folder.close() }

    /// Nil when the process has ended.
    var executable: String? { Self.link("exe", in: folder.rawValue) }

    /// Empty when the process has ended.
    var arguments: [String] {
        guard let bytes = beginning(of: "cmdline") else { return [] }
        return bytes.split(separator: 0).prefix(CommandLineRedaction.words).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the process has this effective or real user id. The effective user owns the folder, even if the process hides its other files
    /// (proc(5)). After the end of the process the folder belongs to root.
    func belongs(to user: UInt32) -> Bool {
        var status = stat()
        guard fstat(folder.rawValue, &status) == 0 else { return false }
        return status.st_uid == user || realUser == user
    }

    /// The first number of the line `Uid:` of `/proc/PID/status`.
    private var realUser: UInt32? {
        guard let bytes = beginning(of: "status") else { return nil }
        var line = bytes[...]
        while !line.starts(with: "Uid:\t".utf8) {
            guard let end = line.firstIndex(of: 0x0a) else { return nil }
            line = line[(end + 1)...]
        }
        return UInt32(String(decoding: line.dropFirst(5).prefix { $0 != 0x09 }, as: UTF8.self))
    }

    /// Reads the first 8 KiB of a file, because a process chooses the length of its command line.
    private func beginning(of name: String) -> [UInt8]? {
        let raw = openat(folder.rawValue, name, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { return nil }
        let file = FileDescriptor(rawValue: raw)
        defer { try? file.close() }
        return try? [UInt8](unsafeUninitializedCapacity: 8192) { buffer, count in count = try file.read(into: UnsafeMutableRawBufferPointer(buffer)) }
    }

    /// - Parameter folder: The open folder that a relative `path` starts in.
    static func link(_ path: String, in folder: Int32 = AT_FDCWD) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let length = readlinkat(folder, path, start, buffer.count)
            guard length > 0 else { return nil }
            return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
