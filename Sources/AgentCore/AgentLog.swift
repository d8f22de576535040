internal import Synchronization
public import SystemPackage

/// A log of the agent's: lines on standard output (standard error for errors and warnings) and in a file, which is rolled.
public final class AgentLog: Sendable {
    /// In bytes; then the file is rolled.
    static let largestFile = 10 << 20
    /// With the current one.
    static let files = 5
    /// A longer line is cut, in bytes.
    static let longestLine = 64 << 10

    private let fileLevel: LogLevel
    private let systemLevel: LogLevel?
    private let output: LogStream
    private let error: LogStream
    private let file: Mutex<RollingFile?>

    /// - Parameters:
    ///   - folder: Where the file goes; nil for none. One that cannot be made is said on standard error.
    ///   - name: The file's, without `.log`.
    ///   - systemLevel: What goes to the standard streams as well; nil for nothing.
    public convenience init(folder: FilePath?, name: String = "ProxyAgent", fileLevel: LogLevel = .info, systemLevel: LogLevel? = .info) {
        let journal = LogStream.journal
        self.init(
            file: folder.map { RollingFile(path: $0.appending("\(name).log"), largest: Self.largestFile, files: Self.files) },
            fileLevel: fileLevel, systemLevel: systemLevel, output: LogStream(.standardOutput, journal: journal),
            error: LogStream(.standardError, journal: journal))
    }

    init(file: RollingFile?, fileLevel: LogLevel, systemLevel: LogLevel?, output: LogStream, error: LogStream) {
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

    /// Whether a line of that level goes anywhere.
    func writes(_ level: LogLevel) -> Bool {
        systemLevel.map { level <= $0 } == true || level <= fileLevel && file.withLock { $0 != nil }
    }

    public func log(_ level: LogLevel, _ message: String) {
        let header = "\(WallClock.now.timestamp) [\(level.name.uppercased())]"
        let padding = String(repeating: " ", count: max(0, 34 - header.utf8.count))
        var line = Array(header.utf8) + Array(padding.utf8)
        line += message.utf8.prefix(Self.longestLine - line.count).map(Self.printable)
        while line.last == Self.space { line.removeLast() }
        line.append(0x0a)
        if let systemLevel, level <= systemLevel { (level <= .warn ? error : output).write(level, line) }
        if level <= fileLevel { file.withLock { $0?.append(line) } }
    }

    private static let space: UInt8 = 0x20

    /// A message is one line, whatever a client or the platform put into it: none makes a second line, or moves a terminal's cursor.
    private static func printable(_ byte: UInt8) -> UInt8 { byte < space && byte != 0x09 || byte == 0x7f ? space : byte }
}
