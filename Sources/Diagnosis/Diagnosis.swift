public import Guidance
import MatrixModel

/// What is wrong with a machine, from whatever was sent of it. Pure: the same files give the same diagnosis.
public struct Diagnosis: Sendable {
    public enum Outcome: String, Hashable, Sendable {
        /// A status that says SUCCESS, and nothing against it.
        case healthy
        /// At least one cause.
        case trouble
        /// What was sent proves nothing either way.
        case undetermined
    }

    public let facts: FieldFacts
    public let outcome: Outcome
    /// The surest first; of equally sure ones, the one that explains the others.
    public let conclusions: [Conclusion]
    public let warnings: [String]

    /// The family that remedies are spelt for; RHEL's where it is not known, which is the one the article spells out.
    public var family: DistributionFamily { facts.family?.value ?? .rhel }

    /// What would settle more, when no conclusion says so.
    public let wanted: [WantedFile]

    public init(_ files: [BundleFile]) { self.init(facts: FieldFacts(files)) }

    init(facts: FieldFacts) {
        self.facts = facts
        var found: [Conclusion] = []
        for rule in Self.rules {
            for conclusion in rule(facts) where !found.contains(where: { $0.guide.code == conclusion.guide.code }) { found.append(conclusion) }
        }
        conclusions = found.enumerated().sorted { ($1.element.confidence, $0.offset) < ($0.element.confidence, $1.offset) }.map(\.element)
        let isProven = facts.recorded?.value.verdict == .compatible || facts.status?.saysWell == true
        outcome = !found.isEmpty ? .trouble : isProven ? .healthy : .undetermined
        warnings = facts.warnings
        wanted = outcome == .undetermined ? facts.unknown : []
    }

    /// In the order in which one cause explains the next: without the agent there is no status, and without a kernel no program.
    private static let rules: [@Sendable (FieldFacts) -> [Conclusion]] = [
        recorded, kernel, services, unit, provisioning, program, listener, key, applied, environment, status,
    ]

    /// What kmatrix concluded of its own cell, from more than is in the folder.
    private static func recorded(_ facts: FieldFacts) -> [Conclusion] {
        guard let record = facts.recorded, let cause = record.value.cause else { return [] }
        return [Conclusion(cause, .certain, record.value.summary, [record.finding] + record.value.quotes)]
    }

    private static func kernel(_ facts: FieldFacts) -> [Conclusion] {
        guard let trouble = facts.kernelTrouble.first else { return [] }
        let isPanic = trouble.quote.contains("Kernel panic")
        return [Conclusion(isPanic ? .kernelPanic : .kernelOops, .likely, "The kernel reported a fault of its own; whether the agent had to do with it is not said.", [trouble])]
    }

    private static func listener(_ facts: FieldFacts) -> [Conclusion] {
        guard let report = facts.status?[.proxyListener], let status = report.status, status != "RUNNING" else { return [] }
        return [Conclusion(.listenerFailed, .certain, "The agent's proxy does not listen.", [facts.quote(.proxyListener)])]
    }

    /// A status that cannot be read says something all the same; one that is old says nothing of now.
    private static func status(_ facts: FieldFacts) -> [Conclusion] {
        var found: [Conclusion] = []
        if facts.status == nil, let broken = facts.brokenStatus {
            found.append(Conclusion(.agentStatusBroken, .certain, "There is a status file and it cannot be read.", [broken], wanted: [.agentLog]))
        }
        if let age = facts.statusAge, age.minutes >= 5 {
            found.append(Conclusion(.statusStale, .certain, "The status was \(age.minutes) minutes old when it was gathered; the agent writes it every minute.", [age.finding]))
        }
        return found
    }
}
