import MatrixModel
import StrictYAML

extension AgentProfile {
    /// Reads a profile's document.
    /// - Throws: `YAMLError` with the line.
    public init(parsing text: String, source: String) throws {
        let root = try YAMLNode(parsing: text, source: source)
        try root.allow("name", "title", "recognised", "status", "logs", "needs", "settledBy", "burst", "defects")
        let name = try root.required("name", "letters, digits and dashes, as in 'azure-guest-proxy-agent'")
        guard name.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }), name.count <= 60 else {
            throw root["name"]?.error("'name' may hold lower-case letters, digits and dashes, 60 at most") ?? root.error("'name'")
        }
        let defaults = AgentProfile.unknown
        let status = try Status(root["status"], defaults)
        let logs = try Self.logs(root, defaults)
        self.init(
            name: name, title: try root.required("title", "what people call the agent"), marks: try root["recognised"].map(Marks.init),
            statusDeadline: status.deadline,
            statusPeriod: status.period, writesStatusOnExit: status.onExit, logs: logs, needs: try Self.needs(root),
            settlingWords: try root.list("settledBy").map { try SettlingWords($0, logs) }, burstDeadline: try root.seconds("burst") ?? defaults.burstDeadline,
            defects: try Self.defects(root), text: text)
    }

    private struct Status {
        var deadline: Duration
        var period: Duration?
        var onExit: Bool

        init(_ node: YAMLNode?, _ defaults: AgentProfile) throws {
            (deadline, period, onExit) = (defaults.statusDeadline, defaults.statusPeriod, defaults.writesStatusOnExit)
            guard let node else { return }
            try node.allow("within", "every", "onExit")
            deadline = try node.seconds("within") ?? deadline
            period = try node.seconds("every") ?? period
            onExit = try node.flag("onExit") ?? onExit
            if !onExit, period == nil {
                throw node.error(
                    "'every' is missing: an agent that writes no status on exit is waited for, so say how often it rewrites status.json, in seconds")
            }
        }
    }

    private static func logs(_ root: YAMLNode, _ defaults: AgentProfile) throws -> [AgentLog: String] {
        guard let node = root["logs"] else { return defaults.logs }
        try node.allow(AgentLog.allCases.map(\.rawValue))
        var logs: [AgentLog: String] = [:]
        for log in AgentLog.allCases {
            guard let path = try node.text(log.rawValue) else { continue }
            guard path.hasPrefix("/"), !path.split(separator: "/").contains(".."), path.count <= 200 else {
                throw node[log.rawValue]?.error("'\(log.rawValue)' must be an absolute path in the guest") ?? node.error("'\(log.rawValue)'")
            }
            logs[log] = path
        }
        return logs
    }

    private static func needs(_ root: YAMLNode) throws -> Set<AgentNeed> {
        var needs: Set<AgentNeed> = []
        for node in try root.list("needs") {
            guard let need = node.string.flatMap(AgentNeed.init(rawValue:)) else {
                throw node.error(
                    "kmatrix cannot give a guest '\(node.string ?? "this")'; needs are: \(AgentNeed.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            needs.insert(need)
        }
        return needs
    }

    private static func defects(_ root: YAMLNode) throws -> [KnownDefect] {
        var defects: [KnownDefect] = []
        for node in try root.list("defects") {
            let defect = try KnownDefect(node)
            guard !defects.contains(where: { $0.proof == defect.proof }) else {
                throw node.error("'\(defect.proof)' is named twice; give it one reason and one last day")
            }
            defects.append(defect)
        }
        return defects
    }
}

extension AgentProfile.Marks {
    fileprivate init(_ node: YAMLNode) throws {
        try node.allow("package", "files")
        let files = try node.list("files").map { file in
            try file.allow("path", "contains")
            return AgentProfile.FileMark(
                path: try file.required("path", "a file of the bundle, as in \(AgentBundle.executablePath)"), text: try file.text("contains"))
        }
        guard !files.isEmpty else { throw node.error("'files' is missing: agents share the package's name, so only files tell one from another") }
        self.init(package: try node.text("package"), files: files)
    }
}

extension AgentProfile.SettlingWords {
    fileprivate init(_ node: YAMLNode, _ logs: [AgentLog: String]) throws {
        try node.allow("log", "text", "lines")
        guard let log: AgentLog = try node.choice("log") else {
            throw node.error("'log' is missing: one of \(AgentLog.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard logs[log] != nil else { throw node["log"]?.error("'logs' gives no path for '\(log.rawValue)'") ?? node.error("'log'") }
        let text = try node.required("text", "words of one line of the log")
        guard (4...200).contains(text.utf8.count), !text.contains("\n") else {
            throw node["text"]?.error("'text' must be part of one line, 4 to 200 bytes long") ?? node.error("'text'")
        }
        let lines = try node.number("lines", upTo: 1000) ?? 1
        guard lines > 0 else { throw node["lines"]?.error("'lines' must be 1 at least") ?? node.error("'lines'") }
        self.init(log: log, text: text, lines: lines)
    }
}

extension KnownDefect {
    fileprivate init(_ node: YAMLNode) throws {
        try node.allow("proof", "reason", "reference", "until")
        let proof = ProofID(rawValue: try node.required("proof", "the proof that fails"))
        guard proof.isKnown || proof.conformanceCheck != nil else {
            throw node["proof"]?.error(
                "there is no proof '\(proof)'; proofs are: \(ProofID.known.map(\.rawValue).joined(separator: ", ")); a check of the conformance suite is "
                    + "conformance/CHECK"
            ) ?? node.error("'proof'")
        }
        let day = try node.required("until", "the last day on which it excuses the failure, as in 2027-03-31")
        let until: CalendarDay
        do { until = try CalendarDay(parsing: day) } catch { throw node["until"]?.error("'until': \(error)") ?? node.error("\(error)") }
        self.init(
            proof: proof, reason: try node.required("reason", "what the agent does wrong"),
            reference: try node.required("reference", "where the defect is described: an address, or a place in the agent's sources"), until: until)
    }
}

extension YAMLNode {
    fileprivate func required(_ key: String, _ meaning: String) throws -> String {
        guard let text = try text(key), !text.allSatisfy(\.isWhitespace) else { throw error("'\(key)' is missing: \(meaning)") }
        return text
    }

    /// Whole seconds, ten minutes at most.
    fileprivate func seconds(_ key: String) throws -> Duration? {
        guard let number = try number(key, upTo: 600) else { return nil }
        guard number > 0 else { throw self[key]?.error("'\(key)' must be 1 second at least") ?? error("'\(key)'") }
        return .seconds(number)
    }
}
