internal import Synchronization
public import SystemPackage

/// The agent's log: lines on standard output (standard error for errors and warnings) and in `ProxyAgent.log`, which is rotated.
public final class AgentLog: Sendable {
    /// The size at which the file is rotated, in bytes.
    static let largestFile = 10 << 20
    /// How many files are kept, the current one included.
    static let files = 5
    /// The length at which a line is cut, in bytes.
    static let longestLine = 64 << 10

    private let fileLevel: LogLevel
    private let systemLevel: LogLevel
    private let output: LogStream
    private let error: LogStream
    private let file: Mutex<RollingFile?>

    /// - Parameter folder: The folder of `ProxyAgent.log`; nil for no file. If the folder cannot be created, a message goes to standard error.
    public convenience init(folder: FilePath?, fileLevel: LogLevel = .info, systemLevel: LogLevel = .info) {
        let journal = LogStream.journal
        self.init(
            file: folder.map { RollingFile(path: $0.appending("ProxyAgent.log"), largest: Self.largestFile, files: Self.files) },
            fileLevel: fileLevel, systemLevel: systemLevel, output: LogStream(.standardOutput, journal: journal),
            error: LogStream(.standardError, journal: journal))
    }

    init(file: RollingFile?, fileLevel: LogLevel, systemLevel: LogLevel, output: LogStream, error: LogStream) {
        self.fileLevel = fileLevel
        self.systemLevel = systemLevel
        self.output = output
        self.error = error
        self.file = Mutex(file)
        do throws(Errno) {
            try self.file.withLock { file throws(Errno) in try file?.open() }
        } catch {
            log(.warn, "Failed to open '\(file?.path.string ?? "")': \(error); logging to standard output only until that works")
        }
    }

    public func log(_ level: LogLevel, _ message: String) {
        let line = Self.line(level, message)
        if level <= systemLevel { (level <= .warn ? error : output).write(level, line) }
        if level <= fileLevel { file.withLock { $0?.append(line) } }
    }

    /// Time, level and message, with the end of the line.
    static func line(_ level: LogLevel, _ message: String) -> [UInt8] {
        let header = "\(WallClock.now.timestamp) [\(level.name.uppercased())]"
        let padding = String(repeating: " ", count: max(0, 34 - header.utf8.count))
        var line = Array(header.utf8) + Array(padding.utf8)
        line += message.utf8.prefix(longestLine - line.count).map(printable)
        while line.last == space { line.removeLast() }
        line.append(0x0a)
        return line
    }

    private static let space: UInt8 = 0x20

    /// Replaces control characters, so that text from a client or from the platform cannot start a new line or move a terminal's cursor.
    private static func printable(_ byte: UInt8) -> UInt8 { byte < space && byte != 0x09 || byte == 0x7f ? space : byte }
}
