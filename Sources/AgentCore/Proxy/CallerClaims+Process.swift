internal import Glibc
internal import SystemPackage

extension CallerClaims {
    public init(_ entry: AuditEntry) {
        let command = try? BoundedFile.read(FilePath("/proc/\(entry.processID)/cmdline"), limit: 64 << 10)
        let first = command.map { String(decoding: $0.prefix { $0 != 0 }.prefix(1024), as: UTF8.self) }
        self.init(
            processID: entry.processID, userID: entry.userID, userName: Self.userName(entry.userID) ?? "undefined",
            isRoot: entry.isRoot, executable: Self.link("/proc/\(entry.processID)/exe"),
            commandLine: first.flatMap { $0.isEmpty ? nil : $0 } ?? "undefined")
    }

    static func link(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let length = readlink(path, start, buffer.count)
            guard length > 0 else { return nil }
            return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// From `/etc/passwd` itself: a static program cannot load the name services that libc would ask.
    private static func userName(_ id: UInt32) -> String? {
        guard let bytes = try? BoundedFile.read("/etc/passwd", limit: 1 << 20) else { return nil }
        for line in bytes.split(separator: 0x0a) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            if fields.count >= 3, String(decoding: fields[2], as: UTF8.self) == String(id) {
                return String(decoding: fields[0], as: UTF8.self)
            }
        }
        return nil
    }
}
