import JSON

/// What the runner needs from `status.json`: whether the agent's state is final. The host judges the content.
public enum AgentStatus: Hashable, Sendable {
    /// The agent reports success: program, listener and key.
    case successful
    /// Both the program and the listener run, but the key is another matter.
    case running
    /// The program is stopped, or it runs and the listener is stopped: the agent has given up.
    case stopped
    /// Neither yet, or nothing that can be read.
    case undecided

    /// A status file larger than this is not read: upstream's is a few kilobytes.
    public static let maximumSize = 1 << 20

    /// Reads the file's content. Never fails: content that cannot be read is `undecided`.
    public init(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maximumSize else {
            self = .undecided
            return
        }
        let document = try? JSONValue(parsing: bytes, isTolerant: true)
        let program = document?.text(at: ["proxyAgentStatus", "ebpfProgramStatus", "status"])
        let listener = document?.text(at: ["proxyAgentStatus", "proxyListenerStatus", "status"])
        // An agent whose listener failed may still be loading its programs.
        if program == "STOPPED" || (program == "RUNNING" && listener == "STOPPED") {
            self = .stopped
        } else if program == "RUNNING", listener == "RUNNING" {
            self = document?.text(at: ["proxyAgentStatus", "status"]) == "SUCCESS" ? .successful : .running
        } else {
            self = .undecided
        }
    }

    /// - Parameter awaitsSuccess: Whether an agent that runs without a key may still get one.
    public func isSettled(awaitsSuccess: Bool) -> Bool {
        switch self {
        case .successful, .stopped: true
        case .running: !awaitsSuccess
        case .undecided: false
        }
    }
}
