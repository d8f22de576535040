public import JSON

/// The status of one part of the agent.
public struct ModuleStatus: Hashable, Sendable {
    public enum State: String, Hashable, Sendable {
        case unknown = "UNKNOWN"
        case running = "RUNNING"
        case stopped = "STOPPED"
    }

    /// Longer messages are cut in the status file, in bytes.
    public static let longestMessage = 1024

    public var state: State
    public var message: String
    /// Further facts; nil for a part that has none.
    public var states: [JSONValue.Member]?

    public init(_ state: State = .unknown, _ message: String = "Status unknown.", states: [JSONValue.Member]? = nil) {
        self.state = state
        self.message = message
        self.states = states
    }

    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("status", .string(state.rawValue)),
            .init("message", .string(Self.cut(message))),
        ]
        if let states { members.append(.init("states", .object(states))) }
        return .object(members)
    }

    /// The first 1024 bytes and `...`, cut at a character boundary.
    public static func cut(_ message: String) -> String {
        guard message.utf8.count > longestMessage else { return message }
        let bytes = Array(message.utf8)
        var end = longestMessage
        while end > 0, bytes[end] & 0xc0 == 0x80 { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self) + "..."
    }
}
