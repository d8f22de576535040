internal import NIOCore
internal import NIOHTTP1

/// A line for each request in `ProxyAgent.Connection.log`: who asked for what, and what came of it. What was refused or failed is there
/// at the usual level, the rest at Debug. Never a header.
struct ConnectionLog: Sendable {
    static let name = "ProxyAgent.Connection"
    /// Of a target or a caller's word, in bytes.
    static let longestWord = 512

    let log: AgentLog

    func record(_ head: HTTPRequestHead?, caller: CallerClaims?, destination: Endpoint?, status: HTTPResponseStatus, note: String = "", since start: NIODeadline) {
        let level: LogLevel = status.code >= 400 || !note.isEmpty ? .info : .debug
        guard log.writes(level) else { return }
        let microseconds = (NIODeadline.now() - start).nanoseconds / 1000
        let who = caller.map { "\(Self.plain($0.userName))(\($0.userID)) pid \($0.processID) \(Self.plain($0.executable ?? "?"))" } ?? "unknown caller"
        let what = head.map { "\($0.method.rawValue) \(Self.plain($0.uri))" } ?? "no request"
        log.log(level, "\(who) -> \(destination.map { "\($0)" } ?? "none"): \(what) - \(status.code)\(note.isEmpty ? "" : " (\(note))") in \(microseconds) us")
    }

    /// On one line and without control characters: a caller's words must not look like lines of the agent's.
    static func plain(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(longestWord) {
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x202E).contains(scalar.value) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
