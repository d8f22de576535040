public import MatrixModel
import StrictYAML

/// What the platform of one guest does, and how a correct agent reacts. Read from a YAML file.
public struct Scenario: Hashable, Sendable {
    public let name: String
    public let summary: String
    /// How long the guest waits between the agent's settling and the start of its clients, to let events of the timeline happen.
    public let pause: Duration
    public let expectation: ScenarioExpectation
    let channel: Channel
    let key: Key
    let timeline: [Event]
    let faults: Faults
    /// The text of the YAML file.
    public let text: String

    /// How the secure channel is set up.
    struct Channel: Hashable, Sendable {
        enum Version: String, Hashable, Sendable, CaseIterable { case first = "1.0", second = "2.0" }

        var version = Version.second
        /// Only for version 2.0.
        var isEnabled = true
        /// Only for version 1.0: disabled, wireserver or wireserverandimds.
        var state = "wireserverandimds"
        var imds = Item()
        var wireServer = Item()
    }

    /// One service's authorisation item.
    struct Item: Hashable, Sendable {
        var mode = "enforce"
        var defaultAccess = "allow"
        var id = ""
        /// JSON, as it is sent; nil for none.
        var rules: String?
    }

    struct Key: Hashable, Sendable {
        var isOffered = true
        var incarnation: UInt32 = 1
        /// Whether a key is latched that this guest does not have.
        var isLatchedElsewhere = false
        var acceptsAttestation = true
    }

    /// An event that happens without a request.
    struct Event: Hashable, Sendable {
        enum Origin: String, Hashable, Sendable, CaseIterable { case start, latch }
        enum Action: String, Hashable, Sendable, CaseIterable { case reset, offer, withdraw, enable, disable, down, up }

        /// When the delay starts: at the first call of the secure channel, or when the first key is latched.
        var origin = Origin.start
        var delay = Duration.zero
        var action = Action.reset
    }

    struct Faults: Hashable, Sendable {
        enum Answer: String, Hashable, Sendable, CaseIterable {
            case html, truncated, types, garbage
        }

        /// The delay before every answer.
        var delay = Duration.zero
        /// Whether connections are closed without an answer, from the start.
        var isDown = false
        /// Whether unsigned requests are answered although a key is latched. No platform does so, so this proves nothing about an agent.
        var answersUnsigned = false
        /// Every n-th call of the secure channel's status fails with 500; 0 for none.
        var failEvery = 0
        /// The faulty answers of the secure channel, by call: status, key.
        var answers: [String: Answer] = [:]
    }

    /// - Parameter source: The origin of the text; its last component without extension is the scenario's name.
    /// - Throws: `YAMLError`, with the line number.
    public init(parsing text: String, source: String) throws {
        self.text = text
        let root = try YAMLNode(parsing: text, source: source)
        try root.allow("summary", "pause", "channel", "key", "timeline", "faults", "expect")
        let file = source.split(separator: "/").last.map(String.init) ?? source
        name = file.split(separator: ".").first.map(String.init) ?? file
        summary = try root.text("summary") ?? ""
        pause = try root.milliseconds("pause") ?? .zero
        channel = try Channel(root["channel"])
        key = try Key(root["key"])
        timeline = try root.list("timeline").map(Event.init)
        faults = try Faults(root["faults"])
        guard let expect = root["expect"] else { throw root.error("'expect' is missing; state what a working agent shows") }
        expectation = try ScenarioExpectation(expect)
    }
}
