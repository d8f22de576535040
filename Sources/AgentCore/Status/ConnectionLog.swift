internal import Synchronization
public import SystemPackage

/// One line for each request that the proxy dealt with, in `ProxyAgent.Connection.log`.
///
/// What a request carried is not in it: headers, and with them signatures and tokens, never are.
public final class ConnectionLog: Sendable {
    /// Of a target, in bytes.
    static let longestTarget = 1024

    private let file: Mutex<RollingFile?>
    private let level: LogLevel
    private let connections = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - folder: Where the file goes; nil for none.
    ///   - level: What was refused or failed is there at Info, what was served at Debug.
    public init(folder: FilePath?, level: LogLevel = .debug) {
        self.level = level
        file = Mutex(folder.map { RollingFile(path: $0.appending("ProxyAgent.Connection.log"), largest: AgentLog.largestFile, files: AgentLog.files) })
    }

    /// The next connection's number.
    func openConnection() -> UInt64 { connections.add(1, ordering: .relaxed).newValue }

    /// What a line tells.
    struct Entry {
        let connection: UInt64
        let request: Int
        /// Method and target; nil for a head that was none.
        let call: (method: String, target: String)?
        let caller: CallerClaims?
        let destination: Endpoint?
        let outcome: String
        /// Whether the destination answered well.
        let isServed: Bool
        /// In milliseconds.
        let elapsed: Int
    }

    /// Whether such a request has a line.
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

    /// Targets may have secrets in their parameters.
    private static func shown(_ target: String) -> String {
        let text = printable(String(decoding: target.utf8.prefix(longestTarget), as: UTF8.self))
        return text.utf8.contains(UInt8(ascii: "=")) ? CommandLineRedaction.redacted(text) : text
    }

    /// A name must not look like a line of its own.
    private static func printable(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { return text }
        return String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : Character($0) })
    }
}
