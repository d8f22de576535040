/// What an agent that works shows under a scenario.
public struct ScenarioExpectation: Hashable, Sendable, Codable {
    /// `proxyAgentStatus.status`: `SUCCESS` or `ERROR`.
    public var status: String
    /// `keyLatchStatus.status`: `RUNNING`, `STOPPED` or `UNKNOWN`; nil for any.
    public var keyLatch: String?
    /// Text that `keyLatchStatus.message` contains; nil for any.
    public var message: String?
    /// `keyLatchStatus.states.secureChannelState`; nil for any.
    public var channel: String?
    /// The outcome of each client's request, by the client's name. A client that is not named is not judged.
    public var clients: [String: ClientOutcome]

    public init(
        status: String, keyLatch: String? = nil, message: String? = nil, channel: String? = nil, clients: [String: ClientOutcome] = [:]
    ) {
        self.status = status
        self.keyLatch = keyLatch
        self.message = message
        self.channel = channel
        self.clients = clients
    }

    /// Whether the scenario lets an agent sign the requests of root and of an ordinary user.
    public var isSigned: Bool { clients["imds-root"] == .signed && clients["imds-user"] == .signed }
}
