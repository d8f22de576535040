public import Guidance
import MatrixModel

/// What is wrong with a machine, concluded from the files that were sent. Pure: the same files give the same diagnosis.
public struct Diagnosis: Sendable {
    public enum Outcome: String, Hashable, Sendable {
        /// Every part of the agent that the files describe works, and nothing contradicts it.
        case healthy
        /// At least one cause that is likely or certain.
        case trouble
        /// Nothing is proven either way.
        case undetermined
    }

    public let facts: FieldFacts
    public let outcome: Outcome
    /// The surest first; of equally sure ones, the one that explains the others.
    public let conclusions: [Conclusion]
    /// What was recognised and does not count against the agent.
    public let remarks: [Remark]
    public let warnings: [String]

    /// The family whose commands the remedies use; `other` when it is unknown.
    public var family: DistributionFamily { facts.family?.value ?? .other }

    /// What would settle it, when no conclusion says so.
    public let wanted: [WantedFile]

    public init(_ files: [BundleFile]) {
        var facts = FieldFacts(files)
        facts.readStatusMessages()
        self.init(facts: facts)
    }

    init(facts: FieldFacts) {
        self.facts = facts
        var found: [Conclusion] = []
        for rule in Self.rules {
            for conclusion in rule(facts) where !found.contains(where: { $0.guide.code == conclusion.guide.code }) { found.append(conclusion) }
        }
        conclusions = found.enumerated().sorted { ($1.element.confidence, $0.offset) < ($0.element.confidence, $1.offset) }.map(\.element)
        let isProven = facts.recorded?.value.verdict == .compatible || facts.status?.saysWell == true || facts.agentAnswered != nil && facts.status == nil
        let isTrouble = found.contains { $0.confidence > .possible }
        outcome = isTrouble ? .trouble : isProven ? .healthy : .undetermined
        warnings = facts.warnings
        remarks = Self.remarks(facts, isTrouble: isTrouble, isExplained: !found.contains { $0.guide.code == FieldCause.kernelTooOld.rawValue })
        let asked = found.flatMap(\.wanted)
        var seen: Set<WantedFile> = []
        wanted = outcome == .undetermined ? (asked.isEmpty ? facts.unknown : asked).filter { seen.insert($0).inserted } : []
    }

    /// In causal order: without the agent there is no status, and without a kernel no program.
    private static let rules: [@Sendable (FieldFacts) -> [Conclusion]] = [
        recorded, kernel, services, start, unit, provisioning, controlPlane, model, configuration, program, listener, key, health, applied, environment, status,
    ]

    /// What kmatrix concluded about its own cell, from more evidence than the folder holds.
    private static func recorded(_ facts: FieldFacts) -> [Conclusion] {
        guard let record = facts.recorded, let cause = record.value.cause else { return [] }
        return [Conclusion(cause, .certain, record.value.summary, [record.finding] + record.value.quotes)]
    }

    private static func kernel(_ facts: FieldFacts) -> [Conclusion] {
        guard let trouble = facts.kernelTrouble.first else { return [] }
        let isPanic = trouble.quote.contains("Kernel panic")
        return [
            Conclusion(
                isPanic ? .kernelPanic : .kernelOops, .likely, "The kernel reported a fault of its own. Whether the agent is involved is not known.", [trouble])
        ]
    }

    private static func listener(_ facts: FieldFacts) -> [Conclusion] {
        if let report = facts.status?[.proxyListener] {
            guard let status = report.status, status == "STOPPED" || report.message?.contains("ailed") == true else { return [] }
            guard status != "RUNNING" else { return [] }
            return [Conclusion(.listenerFailed, .certain, "The agent's proxy does not listen.", [facts.quote(.proxyListener)])]
        }
        guard let failure = facts.failures.last(where: { $0.failure.stage == .listener }) else { return [] }
        return [Conclusion(.listenerFailed, .certain, "The agent's proxy could not listen.", [failure.finding])]
    }

    /// A status that cannot be read is a finding; one that is old describes the past.
    private static func status(_ facts: FieldFacts) -> [Conclusion] {
        var found: [Conclusion] = []
        if facts.status == nil, facts.isSilent, let broken = facts.brokenStatus {
            found.append(Conclusion(.agentStatusBroken, .certain, "The status file cannot be read.", [broken], wanted: [.agentLog]))
        }
        if let age = facts.statusAge, age.minutes >= 5 {
            found.append(
                Conclusion(
                    .statusStale, .certain, "The status was \(age.minutes) minutes old when it was gathered; the agent writes it every minute.", [age.finding]))
        }
        return found
    }
}
