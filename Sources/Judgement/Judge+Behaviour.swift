import GuestProtocol
import MatrixModel

extension Judge {
    /// What the clients and the platform saw. The agent says that it works; this is the proof, and the last rule.
    static func behaviour(_ evidence: CellEvidence) -> Judgment {
        guard !evidence.clients.isEmpty else {
            return Judgment(cause: .evidenceLost, summary: "No client was asked to do anything, so nothing is proven.")
        }
        // Some clients go round every agent, and the agent itself asks the platform: silence is the network between, which is ours.
        if let journal = evidence.journal, journal.isEmpty {
            return Judgment(cause: .harness, summary: "Nothing of the guest ever reached the simulated platform, so nothing is proven.")
        }
        var stories: [ClientStory] = []
        for client in evidence.clients {
            guard let report = evidence.reports.first(where: { $0.name == client.name }) else {
                return Judgment(cause: .evidenceLost, summary: "The report of client \(client.name) did not arrive.")
            }
            stories.append(ClientStory(client, report, evidence.journal ?? []))
        }
        return identityFailure(stories, evidence.expectation)
            ?? overallFailure(evidence)
            ?? byTrust(stories, evidence.expectation).lazy.compactMap { failure(of: $0, evidence.expectation) }.first
            ?? detailFailure(evidence)
            ?? crowdFailure(stories, evidence)
            ?? restartFailure(stories, evidence)
            ?? success(stories, evidence)
    }

    // MARK: - Clients by name

    /// All who should be served are turned away as strangers: redirection works and identity does not.
    private static func identityFailure(_ stories: [ClientStory], _ expectation: ScenarioExpectation) -> Judgment? {
        let served = stories.filter { expectation.clients[$0.client.name] == .signed }
        guard !served.isEmpty, served.allSatisfy({ $0.report.httpStatus == 421 && $0.requests.isEmpty }) else { return nil }
        return Judgment(
            verdict: .degraded, cause: .identityMissing,
            summary: "Connections are redirected, but the agent does not learn whose they are and answers 421.", findings: served[0].findings)
    }

    /// Whom the platform should have refused comes last: that it did not may be the fault of an agent that never latched a key.
    private static func byTrust(_ stories: [ClientStory], _ expectation: ScenarioExpectation) -> [ClientStory] {
        let refused = stories.filter { expectation.clients[$0.client.name] == .refused }
        return stories.filter { expectation.clients[$0.client.name] != .refused } + refused
    }

    private static func failure(of story: ClientStory, _ expectation: ScenarioExpectation) -> Judgment? {
        let name = story.client.name
        if name.hasPrefix(ProbeNames.untouchedPrefix) { return untouchedFailure(story) }
        // Judged at the end: the agent works for all others.
        if name == ProbeNames.dualStack || name.hasPrefix(ProbeNames.crowdPrefix) || name == ProbeNames.afterRestart { return nil }
        guard let expected = expectation.clients[name] else { return nil }
        let outcome = story.outcome
        guard outcome == expected else { return contradiction(story, expected, outcome) }
        guard story.claimsAreRight != false else {
            return Judgment(
                cause: .misattributed,
                summary: "The agent took client \(name) (user \(story.client.user)) for \(story.isRoot ? "an ordinary user" : "root").",
                findings: story.findings)
        }
        return nil
    }

    private static func contradiction(_ story: ClientStory, _ expected: ClientOutcome, _ outcome: ClientOutcome) -> Judgment {
        let name = story.client.name
        let cause: Cause
        let summary: String
        switch (expected, outcome) {
        case (_, .refused) where story.requests.last?.signature == .wrong:
            (cause, summary) = (.signatureWrong, "The platform found the signature of client \(name)'s request to be wrong.")
        case (.signed, .refused) where story.requests.last?.claims == nil, (.signed, .direct), (.unsigned, .direct), (.denied, .direct):
            (cause, summary) = (.notRedirected, "The request of client \(name) reached the platform round the agent.")
        case (.signed, .unsigned), (.signed, .refused):
            (cause, summary) = (.requestsUnsigned, "The request of client \(name) reached the platform without the agent's signature.")
        case (.signed, .denied), (.unsigned, .denied), (.direct, .denied):
            (cause, summary) = (.wronglyDenied, "The agent refused client \(name), whom its rules allow.")
        case (.denied, .signed), (.denied, .unsigned), (.denied, .refused):
            (cause, summary) = (.wronglyAllowed, "The agent let client \(name) pass, whom its rules forbid.")
        case (.refused, .direct), (.refused, .unsigned):
            // The platform is ours: what it lets pass says nothing of the agent.
            (cause, summary) = (.harness, "The simulated platform answered client \(name), whom it should have refused.")
        case (_, .failed):
            (cause, summary) = (.notForwarded, "Client \(name) did not get the platform's answer.")
        default:
            (cause, summary) = (.scenarioContradicted, "Client \(name)'s request ended as \(outcome.rawValue) instead of \(expected.rawValue).")
        }
        return Judgment(cause: cause, summary: summary, findings: story.findings)
    }

    private static func untouchedFailure(_ story: ClientStory) -> Judgment? {
        let wanted = Self.text(story.client.address, story.client.port)
        guard story.report.connectError == nil, story.report.failure.isEmpty else {
            return Judgment(
                cause: .guestSetup, summary: "Client \(story.client.name) could not reach its own machine, so nothing is proven by it.",
                findings: story.findings)
        }
        guard story.report.peer == wanted else {
            return Judgment(
                cause: .redirectedTooMuch, summary: "The connection of client \(story.client.name) to \(wanted) was led elsewhere.",
                findings: story.findings)
        }
        return nil
    }

    /// As `getpeername` is printed; of IPv6 only the loopback address is asked for.
    static func text(_ address: [UInt8], _ port: UInt16) -> String {
        address.count == 4 ? "\(address.map(String.init).joined(separator: ".")):\(port)" : "[::1]:\(port)"
    }

    // MARK: - What the agent says

    /// An agent that admits to have failed, or denies it.
    private static func overallFailure(_ evidence: CellEvidence) -> Judgment? {
        guard let status = evidence.items[.status].flatMap({ AgentStatus(json: $0.bytes) }),
            status.overall != evidence.expectation.status
        else { return nil }
        let isWorse = evidence.expectation.status == "SUCCESS"
        return Judgment(
            cause: isWorse ? .keyNotLatched : .statusContradicted,
            summary: isWorse
                ? "The agent reports \(Quote.line(status.overall)) where the platform offered it all it needs."
                : "The agent reports \(Quote.line(status.overall)) although it cannot do its work in this scenario.",
            findings: [statusFinding("keyLatchStatus", status.keyLatch)])
    }

    private static func detailFailure(_ evidence: CellEvidence) -> Judgment? {
        guard let status = evidence.items[.status].flatMap({ AgentStatus(json: $0.bytes) }) else { return nil }
        let expectation = evidence.expectation
        let found = [
            ("keyLatchStatus.status", expectation.keyLatch, status.keyLatch.status == expectation.keyLatch),
            ("keyLatchStatus.message", expectation.message, status.keyLatch.message.contains(expectation.message ?? "")),
            ("secureChannelState", expectation.channel, status.keyLatch.states?["secureChannelState"] == expectation.channel),
        ]
        for case (let name, let wanted?, false) in found {
            return Judgment(
                cause: .scenarioContradicted, summary: "The agent's \(name) is not \u{201C}\(Quote.line(wanted))\u{201D}, as this scenario demands.",
                findings: [statusFinding("keyLatchStatus", status.keyLatch)])
        }
        return nil
    }

    // MARK: - Many at once

    private static func crowdFailure(_ stories: [ClientStory], _ evidence: CellEvidence) -> Judgment? {
        let crowd = stories.filter { $0.client.name.hasPrefix(ProbeNames.crowdPrefix) }
        guard let first = crowd.first else { return nil }
        if let judgment = slowness(crowd) { return judgment }
        let unknown = crowd.filter { $0.report.httpStatus == 421 && $0.requests.isEmpty }
        if let example = unknown.first, crowd.allSatisfy({ $0.outcome == .signed || $0.report.httpStatus == 421 }) {
            return Judgment(
                verdict: .degraded, cause: .eventsLost,
                summary: "Of \(crowd.count) clients at once \(unknown.count) were not recognised (421): the agent loses track of connections that come at once.",
                findings: example.findings)
        }
        let unanswered = crowd.filter { $0.outcome == .failed }
        if let example = unanswered.first, unanswered.count * 10 < crowd.count, crowd.allSatisfy({ $0.outcome == .signed || $0.outcome == .failed }) {
            // The network between is the emulator's, a process for each connection: a few that got lost there say nothing of the agent.
            return Judgment(
                cause: .harness,
                summary: "Of \(crowd.count) clients at once \(unanswered.count) got no answer; whether the agent or the emulated network lost them is not proven.",
                findings: example.findings)
        }
        if let lost = crowd.first(where: { $0.outcome != .signed }) {
            let count = crowd.count { $0.outcome != .signed }
            let judgment = contradiction(lost, .signed, lost.outcome)
            return Judgment(
                cause: judgment.cause ?? .notForwarded, summary: "Of \(crowd.count) clients at once \(count) were not served: \(judgment.summary)",
                findings: lost.findings)
        }
        let mistaken = crowd.filter { $0.claimsAreRight != true }
        if let example = mistaken.first {
            return Judgment(
                cause: .misattributed, summary: "Of \(crowd.count) clients at once \(mistaken.count) were taken for another user.",
                findings: example.findings)
        }
        // The journal has the user; the process is in the agent's own account of its callers.
        guard let status = evidence.items[.finalStatus].flatMap({ AgentStatus(json: $0.bytes) }) else {
            return Judgment(cause: .evidenceLost, summary: "The agent's last status did not arrive, so it is not proven which processes it saw.")
        }
        for isRoot in [true, false] {
            let path = ProbeNames.executable(isRoot: isRoot)
            let wanted = crowd.count { $0.isRoot == isRoot }
            let entries = status.connections.filter { $0.processFullPath == path && $0.responseStatus == "200 OK" }
            let right = entries.filter { ($0.userName == "root") == isRoot }.reduce(0) { $0 + $1.count }
            let wrong = entries.filter { ($0.userName == "root") != isRoot }.reduce(0) { $0 + $1.count }
            guard right >= wanted, wrong == 0 else {
                return Judgment(
                    cause: .misattributed,
                    summary: "The agent names \(path) for \(right) requests of its user and \(wrong) of another; there were at least \(wanted).",
                    findings: first.findings)
            }
        }
        return nil
    }

    /// A crowd some of whom ran out of time while others were served after more than half of that time: everything was slow, so an agent
    /// that loses clients cannot be told from a machine with too much to do.
    private static func slowness(_ crowd: [ClientStory]) -> Judgment? {
        let late = crowd.filter { $0.report.httpStatus == nil && !$0.report.failure.isEmpty }
        let slowest = crowd.filter { $0.report.httpStatus != nil }.map(\.report.microseconds).max() ?? 0
        guard let shortest = late.map(\.report.microseconds).min(), let example = late.first, slowest > shortest / 2 else { return nil }
        return Judgment(
            cause: .timeout,
            summary: "Of \(crowd.count) clients at once \(late.count) had no answer after \(shortest / 1_000_000) s, and others waited \(slowest / 1_000_000) s for theirs: this machine was too slow to prove anything.",
            findings: example.findings)
    }

    // MARK: - After a restart

    private static func restartFailure(_ stories: [ClientStory], _ evidence: CellEvidence) -> Judgment? {
        guard let after = stories.first(where: { $0.client.name == ProbeNames.afterRestart }) else { return nil }
        guard after.outcome == .signed else {
            return Judgment(
                cause: .keyLostOnRestart, summary: "After a restart of the agent requests are no longer signed (\(after.outcome.rawValue)).",
                findings: after.findings)
        }
        let before = (evidence.journal ?? []).last { $0.signature == .verified && $0.client != nil && $0.client != after.client.name }
        guard before?.signedWith == after.requests.last?.signedWith else {
            return Judgment(
                cause: .keyLostOnRestart, summary: "After a restart the agent signs with another key than before it.",
                findings: [Finding(source: "fabric.jsonl", quote: Quote.line("\(before?.signedWith ?? "none"), then \(after.requests.last?.signedWith ?? "none")"))])
        }
        return nil
    }

    // MARK: - Success, whole or with something missing

    private static func success(_ stories: [ClientStory], _ evidence: CellEvidence) -> Judgment {
        let status = evidence.items[.status].flatMap { AgentStatus(json: $0.bytes) }
        // Its last words have the counters of everything that happened.
        let last = evidence.items[.finalStatus].flatMap { AgentStatus(json: $0.bytes) } ?? status
        let losses = ["auditEntriesLost", "connectionsWithoutEntry"].compactMap { name in
            last?.ebpfProgram.states?[name].flatMap { $0 == "0" ? nil : "\(name): \(Quote.line($0))" }
        }
        if !losses.isEmpty {
            return Judgment(
                verdict: .degraded, cause: .eventsLost,
                summary: "All clients were treated as they should be by an agent that lost track of others (\(losses.joined(separator: ", "))).",
                findings: losses.map { Finding(source: "status-final.json", quote: $0) })
        }
        if let dual = stories.first(where: { $0.client.name == ProbeNames.dualStack }), let wanted = evidence.expectation.clients["imds-root"],
            dual.outcome != wanted
        {
            return Judgment(
                verdict: .degraded, cause: .dualStackNotRedirected,
                summary: "All works but for clients that write the address as IPv6 (::ffff:169.254.169.254): theirs ended as \(dual.outcome.rawValue).",
                findings: dual.findings)
        }
        return Judgment(verdict: .compatible, cause: nil, summary: summary(stories, evidence.expectation), findings: status.map {
            [statusFinding("ebpfProgramStatus", $0.ebpfProgram), statusFinding("keyLatchStatus", $0.keyLatch)]
        } ?? [])
    }

    /// In numbers, by outcome: what was proven.
    private static func summary(_ stories: [ClientStory], _ expectation: ScenarioExpectation) -> String {
        let counts = Dictionary(stories.filter { $0.client.kind == .http || $0.client.kind == .raw }.map { ($0.outcome, 1) }, uniquingKeysWith: +)
        let parts = ClientOutcome.allCases.compactMap { outcome in counts[outcome].map { "\($0) \(outcome.rawValue)" } }
        return "As the platform's journal shows, all \(stories.count) clients were treated as they should be: \(parts.joined(separator: ", "))."
    }
}
