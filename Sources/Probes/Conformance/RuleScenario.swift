import GuestProtocol

/// One rule file, and the answers that requests must get under it.
struct RuleScenario: Sendable {
    struct Request: Sendable {
        let name: String
        let path: String
        /// Any of these answers is right.
        let codes: [Int32]
        let executable: String

        init(_ name: String, _ path: String, _ codes: Int32..., by executable: String = "/usr/bin/python3") {
            self.name = name
            self.path = path
            self.codes = codes
            self.executable = executable
        }

        /// The same request with the answer that it must get.
        func gets(_ code: Int32, by executable: String = "/usr/bin/python3") -> Request { Request(name, path, code, by: executable) }
    }

    let service: RuleService
    let number: Int
    let title: String
    /// The content of the rule file.
    let rules: String
    let requests: [Request]

    init(_ service: RuleService, _ number: Int, _ title: String, _ rules: String, _ requests: [Request]) {
        self.service = service
        self.number = number
        self.title = title
        self.rules = rules
        self.requests = requests
    }

    var id: String { "\(service.prefix)-S\(number)" }

    /// How long until the agent has read a file that was just written, in milliseconds: its poll and some.
    private static let settling: UInt32 = 1_600

    var steps: [GuestStep] {
        [
            .write(path: service.file, content: Array(rules.utf8), mode: 0o600), .pause(milliseconds: Self.settling),
            .clients(requests.map { .get("\(id)-\($0.name)", executable: $0.executable, address: service.address, path: $0.path) }),
        ]
    }

    var check: ConformanceCheck {
        let expectations = requests.map { (name: "\(id)-\($0.name)", codes: $0.codes) }
        return ConformanceCheck(id, title, follows: ["PRE", "B1a"]) { $0.expect(expectations) }
    }
}
