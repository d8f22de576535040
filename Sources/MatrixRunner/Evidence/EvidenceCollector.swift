import GuestProtocol
import Judgement
import MatrixModel

/// Gathers what a guest says into evidence. Pure: messages in, evidence and phase times out.
struct EvidenceCollector {
    private(set) var evidence: CellEvidence
    private(set) var marks: [GuestPhase: ContinuousClock.Instant] = [:]

    private let commands: Int
    private let listings: Int

    init(
        plan: GuestPlan, expectation: ScenarioExpectation, profile: BootProfile? = nil, deployment: Deployment? = nil,
        startMode: StartMode = .cold(reason: nil),
        asked: AskedKernel? = nil
    ) {
        // Until the guest proves otherwise it ended early.
        evidence = CellEvidence(layout: plan.layout, expectation: expectation, fate: .endedEarly)
        evidence.clients = plan.clients
        evidence.profile = profile
        evidence.deployment = deployment
        evidence.startMode = startMode
        evidence.askedKernel = asked
        commands = plan.steps.count { if case .command = $0 { true } else { false } }
        listings = plan.steps.count { if case .list = $0 { true } else { false } }
    }

    mutating func receive(_ message: GuestMessage, at instant: ContinuousClock.Instant) {
        switch message {
        case .hello(let hello): evidence.hello = hello
        case .phase(let phase, let uptime):
            guard evidence.phases.insert(phase).inserted else { return }
            evidence.uptimes[phase] = uptime
            marks[phase] = instant
        case .evidence(let item, let bytes):
            evidence.items[item, default: CellEvidence.Item()].bytes.append(contentsOf: bytes)
        case .evidenceEnd(let item, let length, let isTruncated):
            evidence.items[item, default: CellEvidence.Item()].length = length
            evidence.items[item]?.isTruncated = isTruncated
        case .client(let report):
            // No more reports than clients: a guest must not grow the list without limit.
            if evidence.reports.count < evidence.clients.count { evidence.reports.append(report) }
        case .command(let report): if evidence.commands.count < commands { evidence.commands.append(report) }
        case .files(let listing): if evidence.listings.count < listings { evidence.listings.append(listing) }
        case .agentEnded(let ending): if evidence.agentEnding == nil { evidence.agentEnding = ending }
        case .setupFailed(let step, let reason):
            if evidence.setupFailure == nil { evidence.setupFailure = CellEvidence.SetupFailure(step: step, reason: reason) }
        // How the guest ended is known from the emulator.
        case .farewell: break
        }
    }

    mutating func end(_ fate: GuestFate) {
        evidence.fate = fate
        evidence.clockRate = clockRate
    }

    /// The speed of the guest's clock relative to the host's, from the first phase to the last. Nil if these are too close, because latency
    /// would distort it.
    private var clockRate: Double? {
        guard let first = marks.min(by: { $0.value < $1.value }), let last = marks.max(by: { $0.value < $1.value }),
            let start = evidence.uptimes[first.key], let end = evidence.uptimes[last.key], end >= start
        else { return nil }
        let elapsed = (last.value - first.value) / .milliseconds(1)
        return elapsed < 500 ? nil : Double(end - start) / elapsed
    }

    /// Both in microseconds since 1970. Neither is trusted, so nothing may overflow.
    mutating func compare(clock guest: UInt64, with host: UInt64) {
        evidence.clockErrorMilliseconds = (Int64(clamping: guest) / 1000).subtractingReportingOverflow(Int64(clamping: host) / 1000).partialValue
    }

    mutating func add(loss: String) { evidence.losses.append(loss) }

    mutating func set(journal: [FabricRequest]?) { evidence.journal = journal }

    mutating func set(console: [UInt8]) { evidence.console = console }
}
