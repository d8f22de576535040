public import SystemPackage

/// The agent's log: lines on standard output (standard error for errors and warnings) and in `ProxyAgent.log`, which is rolled.
public final class AgentLog: Sendable {
    /// In bytes; then the file is rolled.
    static let largestFile = 10 << 20
    /// How many rolled files are kept beside the current one.
    static let rolledFiles = 4
    /// A longer line is cut, in bytes.
    static let longestLine = 64 << 10

    private let fileLevel: LogLevel
    private let systemLevel: LogLevel
    private let file: RolledFile?

    /// - Parameter folder: Where `ProxyAgent.log` goes; nil for no file. One that cannot be made is said on standard error.
    public init(folder: FilePath?, fileLevel: LogLevel = .info, systemLevel: LogLevel = .info) {
        self.fileLevel = fileLevel
        self.systemLevel = systemLevel
        var problem: Errno?
        if let folder { do { try BoundedFile.makeFolder(folder) } catch { problem = error } }
        let path = problem == nil ? folder?.appending("ProxyAgent.log") : nil
        file = path.map { RolledFile($0, largest: Self.largestFile, kept: Self.rolledFiles) }
        if let folder, let problem { log(.warn, "Failed to create the log folder '\(folder)': \(problem); logging to standard output only") }
    }

    public func log(_ level: LogLevel, _ message: String) {
        let line = Self.line(level, message)
        if level <= systemLevel {
            let stream: FileDescriptor = level <= .warn ? .standardError : .standardOutput
            // Whoever read it may be gone; the agent goes on.
            _ = try? stream.writeAll(line)
        }
        if level <= fileLevel { file?.append(line) }
    }

    /// Time, level and message, with the end of the line.
    static func line(_ level: LogLevel, _ message: String) -> [UInt8] {
        let header = "\(WallClock.now.timestamp) [\(level.name.uppercased())]"
        let padding = String(repeating: " ", count: max(0, 34 - header.utf8.count))
        var line = Array("\(header)\(padding)\(message)".utf8.prefix(longestLine))
        line.append(0x0a)
        return line
    }
}
