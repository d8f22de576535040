import MatrixModel
import Yams

/// A node of a scenario's YAML that knows its line.
struct ScenarioNode {
    private let node: Node
    private let source: String

    init(parsing text: String, source: String) throws {
        let composed: Node?
        do { composed = try Yams.compose(yaml: text) } catch {
            // Its description has the lines around the mistake; the first says what and where.
            let first = "\(error)".split(separator: "\n").first.map(String.init) ?? "unreadable"
            throw ScenarioError(source: source, line: nil, reason: "this is no YAML: \(first)")
        }
        guard let composed, composed.mapping != nil else { throw ScenarioError(source: source, line: nil, reason: "a scenario is a mapping") }
        self.init(composed, source)
    }

    private init(_ node: Node, _ source: String) {
        self.node = node
        self.source = source
    }

    func error(_ reason: String) -> ScenarioError { ScenarioError(source: source, line: node.mark?.line, reason: reason) }

    subscript(_ key: String) -> ScenarioNode? { node.mapping?[key].map { ScenarioNode($0, source) } }

    /// Refuses any other key, and what is no mapping.
    func allow(_ keys: String...) throws {
        guard let mapping = node.mapping else { throw error("this must be a mapping with the keys \(keys.joined(separator: ", "))") }
        for (key, _) in mapping where !keys.contains(key.string ?? "") {
            throw ScenarioNode(key, source).error("'\(key.string ?? "?")' is no key here; there are: \(keys.joined(separator: ", "))")
        }
    }

    var keys: [String] { node.mapping?.compactMap { $0.key.string } ?? [] }

    func text(_ key: String) throws -> String? {
        guard let found = self[key] else { return nil }
        guard let text = found.node.scalar?.string else { throw found.error("'\(key)' must be text") }
        return text
    }

    func flag(_ key: String) throws -> Bool? {
        guard let text = try text(key) else { return nil }
        switch text {
        case "true", "yes": return true
        case "false", "no": return false
        default: throw self[key]?.error("'\(key)' must be true or false") ?? error("'\(key)'")
        }
    }

    func number(_ key: String, upTo limit: Int) throws -> Int? {
        guard let text = try text(key) else { return nil }
        guard let number = Int(text), (0...limit).contains(number) else {
            throw self[key]?.error("'\(key)' must be a whole number up to \(limit)") ?? error("'\(key)'")
        }
        return number
    }

    func milliseconds(_ key: String) throws -> Duration? { try number(key, upTo: 120_000).map { .milliseconds($0) } }

    func choice<Value: RawRepresentable & CaseIterable>(_ key: String) throws -> Value? where Value.RawValue == String {
        guard let text = try text(key) else { return nil }
        guard let value = Value(rawValue: text) else {
            let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw self[key]?.error("'\(key)' cannot be '\(text)'; it may be \(known)") ?? error("'\(key)'")
        }
        return value
    }

    func list(_ key: String) throws -> [ScenarioNode] {
        guard let found = self[key] else { return [] }
        guard let sequence = found.node.sequence else { throw found.error("'\(key)' must be a list") }
        return sequence.map { ScenarioNode($0, source) }
    }

    /// The node as JSON: YAML's plain scalars that read as numbers or booleans become those.
    var json: String {
        switch node {
        case .mapping(let mapping):
            "{" + mapping.map { "\(Self.quoted($0.key.string ?? "")):\(ScenarioNode($0.value, source).json)" }.joined(separator: ",") + "}"
        case .sequence(let sequence): "[" + sequence.map { ScenarioNode($0, source).json }.joined(separator: ",") + "]"
        case .scalar(let scalar): Self.quoted(scalar.string)
        default: "null"
        }
    }

    static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\u{0}"..<" ": "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count) + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}

extension Scenario.Channel {
    init(_ node: ScenarioNode?) throws {
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
    init(_ node: ScenarioNode?) throws {
        guard let node else { return }
        try node.allow("mode", "defaultAccess", "id", "rules")
        mode = try node.text("mode") ?? mode
        defaultAccess = try node.text("defaultAccess") ?? defaultAccess
        id = try node.text("id") ?? id
        rules = node["rules"]?.json
    }
}

extension Scenario.Key {
    init(_ node: ScenarioNode?) throws {
        guard let node else { return }
        try node.allow("offered", "incarnation", "latchedElsewhere", "acceptsAttestation")
        isOffered = try node.flag("offered") ?? isOffered
        incarnation = try node.number("incarnation", upTo: Int(UInt32.max)).map { UInt32($0) } ?? incarnation
        isLatchedElsewhere = try node.flag("latchedElsewhere") ?? isLatchedElsewhere
        acceptsAttestation = try node.flag("acceptsAttestation") ?? acceptsAttestation
    }
}

extension Scenario.Event {
    init(_ node: ScenarioNode) throws {
        try node.allow("after", "delay", "do")
        origin = try node.choice("after") ?? origin
        delay = try node.milliseconds("delay") ?? delay
        guard let action: Action = try node.choice("do") else { throw node.error("'do' is missing: what happens") }
        self.action = action
    }
}

extension Scenario.Faults {
    init(_ node: ScenarioNode?) throws {
        guard let node else { return }
        try node.allow("delay", "down", "failEvery", "answers")
        delay = try node.milliseconds("delay") ?? delay
        isDown = try node.flag("down") ?? isDown
        failEvery = try node.number("failEvery", upTo: 1000) ?? failEvery
        guard let answers = node["answers"] else { return }
        try answers.allow("status", "key")
        for call in answers.keys { self.answers[call] = try answers.choice(call) }
    }
}

extension ScenarioExpectation {
    init(_ node: ScenarioNode) throws {
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
