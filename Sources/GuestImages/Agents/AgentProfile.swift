public import MatrixModel

/// What is known of an agent before it runs: how its bundle is recognised, when it reports, what it needs of a guest, and its known defects.
public struct AgentProfile: Hashable, Sendable {
    /// A file that a bundle has, and what is in it.
    public struct FileMark: Hashable, Sendable {
        /// Relative to the root, at upstream's place, independent of its place in the bundle.
        public let path: String
        /// Bytes somewhere in the file; nil for any content.
        public let text: String?
    }

    /// How a bundle is recognised: by all of these together.
    public struct Marks: Hashable, Sendable {
        /// The package's name; a folder has none and is recognised by its files.
        public let package: String?
        /// At least one.
        public let files: [FileMark]
    }

    /// Words in a log after which the agent's status no longer matters.
    public struct SettlingWords: Hashable, Sendable {
        public let log: AgentLog
        public let text: String
        /// How many lines must contain them.
        public let lines: Int
    }

    public let name: String
    public let title: String
    /// Nil for a profile that is only used where somebody names it.
    public let marks: Marks?
    /// The longest the agent takes from its start to its first `status.json`, with a margin for an emulated processor.
    public let statusDeadline: Duration
    /// How often it rewrites `status.json` unasked; nil when only a change makes it do so.
    public let statusPeriod: Duration?
    /// Whether it writes `status.json` when it is told to stop.
    public let writesStatusOnExit: Bool
    /// Absolute paths in the guest.
    public let logs: [AgentLog: String]
    public let needs: Set<AgentNeed>
    public let settlingWords: [SettlingWords]
    /// How long one request may take while two hundred clients ask at once.
    public let burstDeadline: Duration
    public let defects: [KnownDefect]
    /// The document it was read from; empty for `unknown`.
    public let text: String

    init(
        name: String, title: String, marks: Marks? = nil, statusDeadline: Duration = .seconds(20), statusPeriod: Duration? = nil,
        writesStatusOnExit: Bool = true,
        logs: [AgentLog: String] = AgentProfile.standardLogs, needs: Set<AgentNeed> = [], settlingWords: [SettlingWords] = [],
        burstDeadline: Duration = .seconds(30), defects: [KnownDefect] = [], text: String = ""
    ) {
        self.name = name
        self.title = title
        self.marks = marks
        self.statusDeadline = statusDeadline
        self.statusPeriod = statusPeriod
        self.writesStatusOnExit = writesStatusOnExit
        self.logs = logs
        self.needs = needs
        self.settlingWords = settlingWords
        self.burstDeadline = burstDeadline
        self.defects = defects
        self.text = text
    }

    /// Where upstream's layout has them.
    static let standardLogs: [AgentLog: String] = [
        .agent: "/var/log/azure-proxy-agent/ProxyAgent.log", .connections: "/var/log/azure-proxy-agent/ProxyAgent.Connection.log",
        .verifier: "/var/log/azure-proxy-agent/verifier.log",
    ]

    /// For a bundle that no profile recognises: it is asked for what our own agent does, and nothing is excused.
    public static let unknown = AgentProfile(name: "unknown", title: "an agent that no profile describes")

    /// How long to wait for the next `status.json` before the agent is stopped, with a margin; nil when the agent writes one on its way out.
    public var statusRefresh: Duration? { writesStatusOnExit ? nil : statusPeriod.map { $0 * 5 / 4 } }

    /// How much longer a cell may take with it than with an agent that reports at once and on exit: it is started twice.
    public var extraTime: Duration {
        max(.zero, statusDeadline - Self.unknown.statusDeadline) * 2 + (statusRefresh ?? .zero) + max(.zero, burstDeadline - Self.unknown.burstDeadline)
    }
}

// MARK: - Known defects and days

extension AgentProfile {
    /// The profile with the defects that still excuse a failure on a day. A defect holds to the end of its last day.
    public func holding(on day: CalendarDay) -> AgentProfile { with(defects: defects.filter { $0.until >= day }) }

    /// What the reader of a run must know: each defect that excuses nothing any more.
    public func warnings(on day: CalendarDay) -> [String] {
        defects.filter { $0.until < day }.map {
            "agent profile '\(name)': the known defect '\($0.proof)' expired on \($0.until) and excuses nothing (\($0.reason)); check whether it still "
                + "exists, then renew 'until' or remove it"
        }
    }

    private func with(defects: [KnownDefect]) -> AgentProfile {
        AgentProfile(
            name: name, title: title, marks: marks, statusDeadline: statusDeadline, statusPeriod: statusPeriod, writesStatusOnExit: writesStatusOnExit,
            logs: logs,
            needs: needs, settlingWords: settlingWords, burstDeadline: burstDeadline, defects: defects, text: text)
    }
}

// MARK: - Recognition

extension AgentProfile {
    /// Whether a bundle is of this agent.
    public func recognises(_ bundle: AgentBundle) -> Bool {
        guard let marks else { return false }
        if let expected = marks.package, let found = bundle.packageName, expected != found { return false }
        return marks.files.allSatisfy { mark in
            guard let item = bundle.items.first(where: { $0.path == mark.path }), case .bytes(let bytes) = item.source else { return false }
            return mark.text.map { ByteSearch.contains(Array($0.utf8), in: bytes) } ?? true
        }
    }
}
