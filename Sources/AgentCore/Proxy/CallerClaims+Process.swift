internal import Glibc
internal import SystemPackage

extension CallerClaims {
    init(_ entry: AuditEntry, users: UserDatabase) {
        let process = "/proc/\(entry.processID)"
        let began = Self.startTime(process)
        let executable = Self.link("\(process)/exe")
        let arguments = Self.arguments(process)
        // Another process may have got the number while it was read; then nothing of it is this client's.
        let isSame = began != nil && Self.startTime(process) == began
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
        guard let bytes = try? BoundedFile.read(FilePath("\(process)/cmdline"), limit: 2 << 20) else { return [] }
        return bytes.split(separator: 0).prefix(CommandLineRedaction.words).map { String(decoding: $0.prefix(4096), as: UTF8.self) }
    }

    /// When the process began, in clock ticks since the machine's start: field 22 of `/proc/PID/stat` (proc(5)). The second field may
    /// hold blanks and parentheses itself, so the last one ends it.
    private static func startTime(_ process: String) -> String? {
        guard let bytes = try? BoundedFile.read(FilePath("\(process)/stat"), limit: 4096),
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[bytes.index(after: end)...].split(separator: UInt8(ascii: " "))
        return fields.count > 19 ? String(decoding: fields[19], as: UTF8.self) : nil
    }
}
