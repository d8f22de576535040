internal import Glibc
internal import SystemPackage

extension CallerClaims {
    /// Reads who a connection's client is from `/proc` and the user database.
    public init(_ entry: AuditEntry, users: UserDatabase) {
        let process = "/proc/\(entry.processID)"
        let began = Self.startTime(process)
        let executable = Self.link("\(process)/exe")
        let arguments = Self.arguments(process)
        // Another process may have got the number while it was read, or before; then nothing of it is this client's.
        let isSame = began != nil && Self.startTime(process) == began && Self.belongs(process, to: entry.userID)
        let user = users.user(entry.userID)
        self.init(
            processID: entry.processID, userID: entry.userID, userName: user?.name ?? "undefined", groups: user?.groups ?? [],
            isRoot: entry.isRoot, executable: isSame ? executable : nil,
            commandLine: isSame && !arguments.isEmpty ? CommandLineRedaction.text(arguments) : "undefined")
    }

    static func link(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let length = readlink(path, start, buffer.count)
            guard length > 0 else { return nil }
            return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private static func arguments(_ process: String) -> [String] {
        guard let bytes = beginning(of: "\(process)/cmdline") else { return [] }
        return bytes.split(separator: 0).prefix(CommandLineRedaction.words).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether a process still runs for a user: as its real or its effective one.
    private static func belongs(_ process: String, to user: UInt32) -> Bool {
        guard let bytes = beginning(of: "\(process)/status") else { return false }
        var line = bytes[...]
        while !line.starts(with: "Uid:".utf8) {
            guard let end = line.firstIndex(of: 0x0a) else { return false }
            line = line[(end + 1)...]
        }
        let fields = line.prefix { $0 != 0x0a }.split(separator: 0x09, maxSplits: 3).dropFirst().prefix(2)
        return fields.contains { String(decoding: $0, as: UTF8.self) == "\(user)" }
    }

    /// As much of a file as is ever of use: a process chooses itself how long its command line is.
    private static func beginning(of path: String) -> [UInt8]? {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec]) else { return nil }
        defer { try? file.close() }
        return try? [UInt8](unsafeUninitializedCapacity: 8192) { buffer, count in count = try file.read(into: UnsafeMutableRawBufferPointer(buffer)) }
    }

    /// When the process began, in clock ticks since the machine's start: field 22 of `/proc/PID/stat` (proc(5)). The second field may
    /// hold blanks and parentheses itself, so the last one ends it.
    private static func startTime(_ process: String) -> String? {
        guard let bytes = beginning(of: "\(process)/stat"), let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "), maxSplits: 20)
        return fields.count > 19 ? String(decoding: fields[19], as: UTF8.self) : nil
    }
}
