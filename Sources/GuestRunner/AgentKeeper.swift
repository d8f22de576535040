import GuestProtocol

/// Keeps the agent running: the runner itself in the micro guest, the service manager in a distribution.
protocol AgentKeeper: AnyObject {
    /// Starts the agent.
    /// - Throws: `AgentNotStarted` when it cannot be started.
    func start() throws
    /// Stops the agent with a signal and waits for its end. Kills it after a timeout.
    func stop(signal: Int32) throws
    /// How the agent ended without being stopped; nil while it runs.
    func unexpectedEnding() throws -> ProcessEnding?
    /// A descriptor to wait for in addition to the status file; nil if there is none.
    var wakeDescriptor: Int32? { get }
    /// How often to check without an event, in milliseconds.
    var interval: Int32 { get }
}

/// The agent could not be started.
struct AgentNotStarted: Error {
    /// The errno.
    let code: Int32
}

/// Where every agent writes its status and logs.
enum AgentPlaces {
    static let logFolder = "/var/log/azure-proxy-agent"
    static let statusFile = logFolder + "/status.json"
    /// The agent's standard output and error, where the runner captures them.
    static let outputFile = "/var/log/agent-output.log"
}
