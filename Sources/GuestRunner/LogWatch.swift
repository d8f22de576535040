import CGuestSystem
import Glibc
import GuestProtocol

/// Counts the lines of growing logs that contain settling words. The host judges the logs.
///
/// Only text that is appended after the start of the watch is read, in pieces and up to `limit` bytes of each log. An agent that floods its log
/// therefore costs the guest little memory and time.
struct LogWatch {
    /// The most bytes that are read of one log in total.
    static let limit = 64 << 20
    /// The most bytes that are read of one log at once.
    static let look = 4 << 20

    private var logs: [WatchedLog]

    /// - Parameter words: The words to search for. Lines that the logs already contain do not count.
    init(_ words: [SettlingWords]) { logs = words.map(WatchedLog.init) }

    /// Reads what was appended. True once enough lines contain the words.
    mutating func hasSettled() -> Bool {
        for index in logs.indices { logs[index].read() }
        return logs.contains { $0.isSettled }
    }
}

/// One log, and the words to look for in it.
private struct WatchedLog {
    private let path: String
    private let wanted: UInt32
    private var inode: UInt64 = 0
    private var offset = 0
    private var total = 0
    private var counter: LineCounter

    init(_ words: SettlingWords) {
        path = words.path
        wanted = words.lines
        counter = LineCounter(Array(words.text.utf8))
        if let log = OpenLog.open(path) { (inode, offset) = (log.inode, log.size) }
    }

    var isSettled: Bool { counter.lines >= wanted }

    mutating func read() {
        guard !isSettled, total < LogWatch.limit, let log = OpenLog.open(path) else { return }
        // The file was replaced or truncated: all of it is new.
        if log.inode != inode || log.size < offset {
            (inode, offset) = (log.inode, 0)
            counter.startFile()
        }
        guard lseek(log.file.raw, offset, SEEK_SET) == offset else { return }
        var left = min(LogWatch.look, LogWatch.limit - total)
        while left > 0, !isSettled, let piece = try? log.file.read(upTo: min(64 << 10, left)), !piece.isEmpty {
            counter.add(piece)
            offset += piece.count
            total += piece.count
            left -= piece.count
        }
    }
}

/// A regular file, open for reading.
private struct OpenLog: ~Copyable {
    let file: Descriptor
    let size: Int
    let inode: UInt64

    /// Nil unless the path is a regular file.
    static func open(_ path: String) -> OpenLog? {
        let raw = gs_open_read(path)
        guard raw >= 0 else { return nil }
        let file = Descriptor(owning: raw)
        var isRegular: Int32 = 0
        var (size, inode, changed): (UInt64, UInt64, UInt64) = (0, 0, 0)
        guard gs_status(file.raw, &isRegular, &size, &inode, &changed) == 0, isRegular != 0 else { return nil }
        return OpenLog(file: file, size: Int(clamping: size), inode: inode)
    }
}
