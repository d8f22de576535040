internal import Synchronization
public import SystemPackage

/// Writes one line for each request to `ProxyAgent.Connection.log`.
///
/// It never contains headers, and so no signatures or tokens.
public final class ConnectionLog: Sendable {
    /// The limit of a target, in bytes.
    static let longestTarget = 1024

    private let file: Mutex<RollingFile?>
    private let level: LogLevel
    private let connections = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - folder: Where the file goes; nil for none.
    ///   - level: Rejected and failed requests are logged at Info, served ones at Debug.
    public init(folder: FilePath?, level: LogLevel = .debug) {
        self.level = level
        file = Mutex(folder.map { RollingFile(path: $0.appending("ProxyAgent.Connection.log"), largest: AgentLog.largestFile, files: AgentLog.files) })
    }

    /// The next connection's number.
    func openConnection() -> UInt64 { connections.add(1, ordering: .relaxed).newValue }

    /// The content of a line.
    struct Entry {
        let connection: UInt64
        let request: Int
        /// Method and target; nil if the head was not a request.
        let call: (method: String, target: String)?
        let caller: CallerClaims?
        let destination: Endpoint?
        let outcome: String
        /// Whether the destination answered with success.
        let isServed: Bool
        /// In milliseconds.
        let elapsed: Int
    }

    /// Whether such a request is logged.
    func records(isServed: Bool) -> Bool { Self.level(isServed) <= level }

    private static func level(_ isServed: Bool) -> LogLevel { isServed ? .debug : .info }

    func log(_ entry: Entry) {
        guard records(isServed: entry.isServed) else { return }
        let own = Self.level(entry.isServed)
        let line = AgentLog.line(own, Self.text(entry))
        file.withLock { $0?.append(line) }
    }

    static func text(_ entry: Entry) -> String {
        let call = entry.call.map { "\($0.method) \(shown($0.target))" } ?? "no request"
        let caller = entry.caller.map { "\($0.userName) (\($0.userID)), process \($0.processID) '\(printable($0.executable ?? ""))'" } ?? "unknown"
        let destination = entry.destination.map { "\($0)" } ?? "none"
        return "\(entry.request)[\(entry.connection)] - \(call), by \(caller), to \(destination): \(entry.outcome), \(entry.elapsed) ms"
    }

    /// The target for the log: truncated, and without secrets in its parameters.
    private static func shown(_ target: String) -> String {
        let text = printable(String(decoding: target.utf8.prefix(longestTarget), as: UTF8.self))
        return text.utf8.contains(UInt8(ascii: "=")) ? CommandLineRedaction.redacted(text) : text
    }

    /// Replaces characters with which a name could look like a line of its own.
    private static func printable(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { return text }
        return String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : Character($0) })
    }
}
