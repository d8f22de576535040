/// What the runner has to know of `status.json`: whether the agent has made up its mind. The host judges what it says.
public enum AgentStatus: Hashable, Sendable {
    /// Both the program and the listener run.
    case running
    /// One of them says that it is stopped, so the agent gave up and says why.
    case stopped
    /// Neither yet, or nothing that can be read.
    case undecided

    /// A status file larger than this is not read: upstream's is a few kilobytes.
    public static let maximumSize = 1 << 20

    /// Reads the file's content. Never fails: what cannot be read has decided nothing.
    public init(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maximumSize else {
            self = .undecided
            return
        }
        let program = JSONCursor.text(at: ["proxyAgentStatus", "ebpfProgramStatus", "status"], in: bytes)
        let listener = JSONCursor.text(at: ["proxyAgentStatus", "proxyListenerStatus", "status"], in: bytes)
        if program == "STOPPED" || listener == "STOPPED" {
            self = .stopped
        } else if program == "RUNNING", listener == "RUNNING" {
            self = .running
        } else {
            self = .undecided
        }
    }

    public var isSettled: Bool { self != .undecided }
}
