internal import Glibc
internal import SystemPackage

/// Standard output or standard error as a place for log lines.
struct LogStream: Sendable {
    let descriptor: FileDescriptor
    /// Whether the journal reads the stream; it takes a line's priority from the line's beginning (sd-daemon(3)).
    let isJournal: Bool

    /// - Parameter journal: `JOURNAL_STREAM`, which has the device and inode of the journal's stream (systemd.exec(5)). Both are compared,
    ///   because a process that inherited the variable may have redirected its streams.
    init(_ descriptor: FileDescriptor, journal: String?) {
        self.descriptor = descriptor
        var status = stat()
        isJournal = fstat(descriptor.rawValue, &status) == 0 && journal == "\(status.st_dev):\(status.st_ino)"
    }

    static var journal: String? { getenv("JOURNAL_STREAM").map { String(cString: $0) } }

    /// - Parameter line: With its line feed.
    func write(_ level: LogLevel, _ line: [UInt8]) {
        // The reader may have gone; the agent continues.
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
