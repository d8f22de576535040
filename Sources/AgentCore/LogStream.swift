internal import Glibc
internal import SystemPackage

/// Standard output or standard error as a place for log lines.
struct LogStream: Sendable {
    let descriptor: FileDescriptor
    /// Whether the journal reads it, which takes a line's priority from its start (sd-daemon(3)).
    let isJournal: Bool

    /// - Parameter journal: `JOURNAL_STREAM`, which says the device and the inode of the stream to the journal (systemd.exec(5)). What
    ///   inherited the variable may have had its streams sent elsewhere, so both are compared.
    init(_ descriptor: FileDescriptor, journal: String?) {
        self.descriptor = descriptor
        var status = stat()
        isJournal = fstat(descriptor.rawValue, &status) == 0 && journal == "\(status.st_dev):\(status.st_ino)"
    }

    static var journal: String? { getenv("JOURNAL_STREAM").map { String(cString: $0) } }

    /// - Parameter line: With its end.
    func write(_ level: LogLevel, _ line: [UInt8]) {
        // Whoever read it may be gone; the agent goes on.
        _ = try? descriptor.writeAll((isJournal ? Array("<\(level.priority)>".utf8) : []) + line)
    }
}

extension LogLevel {
    /// As in syslog(3).
    fileprivate var priority: Int {
        switch self {
        case .error: 3
        case .warn: 4
        case .info: 6
        case .debug, .trace: 7
        }
    }
}
