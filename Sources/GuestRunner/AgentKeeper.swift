import GuestProtocol

/// Whoever keeps the agent running: the runner itself in the micro guest, the service manager in a distribution.
protocol AgentKeeper: AnyObject {
    /// Starts the agent. One that cannot be started is an ending.
    func start() throws
    /// Asks the agent to stop and waits until it is gone; one that does not go is killed.
    func stop(signal: Int32) throws
    /// How the agent ended when it exited, or nil.
    func unexpectedEnding() throws -> ProcessEnding?
    /// What to wait for besides the status file, and how often to look even in silence, in milliseconds.
    var wakeDescriptor: Int32? { get }
    var interval: Int32 { get }
}

/// The agent could not be started at all.
struct AgentNotStarted: Error {
    /// The errno.
    let code: Int32
}

/// Where every agent leaves what it says.
enum AgentPlaces {
    static let logFolder = "/var/log/azure-proxy-agent"
    static let statusFile = logFolder + "/status.json"
    /// What the agent wrote to its standard output and error where the runner keeps it.
    static let outputFile = "/var/log/agent-output.log"
}
