import MatrixModel
import StrictYAML

extension Scenario.Channel {
    init(_ node: YAMLNode?) throws {
        guard let node else { return }
        try node.allow("version", "enabled", "state", "imds", "wireserver")
        version = try node.choice("version") ?? version
        isEnabled = try node.flag("enabled") ?? isEnabled
        state = try node.text("state") ?? state
        imds = try Scenario.Item(node["imds"])
        wireServer = try Scenario.Item(node["wireserver"])
    }
}

extension Scenario.Item {
    init(_ node: YAMLNode?) throws {
        guard let node else { return }
        try node.allow("mode", "defaultAccess", "id", "rules")
        mode = try node.text("mode") ?? mode
        defaultAccess = try node.text("defaultAccess") ?? defaultAccess
        id = try node.text("id") ?? id
        rules = node["rules"]?.json
    }
}

extension Scenario.Key {
    init(_ node: YAMLNode?) throws {
        guard let node else { return }
        try node.allow("offered", "incarnation", "latchedElsewhere", "acceptsAttestation")
        isOffered = try node.flag("offered") ?? isOffered
        incarnation = try node.number("incarnation", upTo: Int(UInt32.max)).map { UInt32($0) } ?? incarnation
        isLatchedElsewhere = try node.flag("latchedElsewhere") ?? isLatchedElsewhere
        acceptsAttestation = try node.flag("acceptsAttestation") ?? acceptsAttestation
    }
}

extension Scenario.Event {
    init(_ node: YAMLNode) throws {
        try node.allow("after", "delay", "do")
        origin = try node.choice("after") ?? origin
        delay = try node.milliseconds("delay") ?? delay
        guard let action: Action = try node.choice("do") else { throw node.error("'do' is missing; name the action") }
        self.action = action
    }
}

extension Scenario.Faults {
    init(_ node: YAMLNode?) throws {
        guard let node else { return }
        try node.allow("delay", "down", "answersUnsigned", "failEvery", "answers")
        delay = try node.milliseconds("delay") ?? delay
        isDown = try node.flag("down") ?? isDown
        answersUnsigned = try node.flag("answersUnsigned") ?? answersUnsigned
        failEvery = try node.number("failEvery", upTo: 1000) ?? failEvery
        guard let answers = node["answers"] else { return }
        try answers.allow("status", "key")
        for call in answers.keys { self.answers[call] = try answers.choice(call) }
    }
}

extension ScenarioExpectation {
    init(_ node: YAMLNode) throws {
        try node.allow("status", "keyLatch", "message", "channel", "clients")
        guard let status = try node.text("status"), ["SUCCESS", "ERROR"].contains(status) else {
            throw node.error("'status' must be SUCCESS or ERROR")
        }
        var clients: [String: ClientOutcome] = [:]
        if let names = node["clients"] {
            for name in names.keys { clients[name] = try names.choice(name) }
        }
        self.init(
            status: status, keyLatch: try node.text("keyLatch"), message: try node.text("message"), channel: try node.text("channel"),
            clients: clients)
    }
}
