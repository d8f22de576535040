import GuestProtocol
public import MatrixModel

/// Turns the evidence of a cell into a judgment. Pure: the same evidence gives the same judgment.
///
/// The order of the rules is the order of trust. First whether the attempt proved anything at all (else it is the harness's
/// fault), then whether the kernel and the agent survived, then what the agent says, then what the platform saw. Compatible is
/// what remains when every rule has had its say, so a fact that is missing can never look like success.
public enum Judge {
    public static func judgment(of evidence: CellEvidence) -> Judgment {
        let sightings = ConsoleClassifier.sightings(in: evidence.console)
        let judgment = attemptFailure(evidence, sightings)
            ?? kernelFailure(evidence, sightings)
            ?? lossOfEvidence(evidence)
            ?? layoutRefusal(evidence)
            ?? profileRefusal(evidence)
            ?? deploymentJudgment(evidence)
            ?? agentFailure(evidence)
            ?? behaviour(evidence)
        return clockFailure(evidence, judgment) ?? judgment
    }

    // MARK: - Did the attempt prove anything?

    /// An agent is not blamed for what it had less time for than it should.
    private static func clockFailure(_ evidence: CellEvidence, _ judgment: Judgment) -> Judgment? {
        guard judgment.cause?.fault == .agent, let rate = evidence.clockRate, rate > fastestClock else { return nil }
        return Judgment(
            cause: .harness,
            summary: "The guest's clock ran \((rate * 10).rounded() / 10) times as fast as the host's, so nothing that takes time is proven. It would have read: \(judgment.summary)",
            findings: judgment.findings)
    }

    /// What a clock may be wrong by, and a message late, before it counts.
    private static let fastestClock = 1.5

    static func attemptFailure(_ evidence: CellEvidence, _ sightings: [ConsoleClassifier.Sighting]) -> Judgment? {
        let agentWasStarted = evidence.phases.contains(.agentStarted)
        if let panic = sightings.first(where: { $0.trouble == .panic }), !agentWasStarted {
            return Judgment(
                cause: .bootPanic, summary: "The kernel panicked before the agent was started, so nothing is known of the agent on it.",
                findings: [panic.finding])
        }
        switch evidence.fate {
        case .harnessFailed(let reason):
            return Judgment(cause: .harness, summary: "The harness could not carry the attempt out: \(Quote.line(reason))")
        case .hung:
            return Judgment(
                cause: .emulatorHang, summary: "The guest went silent while booting and never got ready.", findings: lastWords(evidence))
        case .emulatorExited(let reason):
            return Judgment(
                cause: .emulatorExit, summary: "The emulator ended by itself or was killed.",
                findings: [Finding(source: "qemu.log", quote: Quote.line(reason))] + lastWords(evidence))
        case .consoleFlood:
            return Judgment(
                cause: .consoleFlood, summary: "The guest printed more on its console than is kept and was stopped.",
                findings: lastWords(evidence))
        case .protocolViolation(let what):
            return Judgment(
                cause: .protocolViolation, summary: "The guest broke the control channel's contract; nothing it said counts.",
                findings: [Finding(source: "control channel", quote: Quote.line(what))])
        case .poweredOff, .endedEarly, .deadline:
            break
        }
        if let failure = evidence.setupFailure {
            let cause: Cause = switch failure.step {
            case "cgroup-layout": .layoutNotOffered
            case "install": .notInstallable
            default: .guestSetup
            }
            return Judgment(
                cause: cause, summary: "The guest could not be set up (\(Quote.line(failure.step))): \(Quote.line(failure.reason))",
                findings: lastWords(evidence))
        }
        return nil
    }

    // MARK: - Did the kernel survive?

    static func kernelFailure(_ evidence: CellEvidence, _ sightings: [ConsoleClassifier.Sighting]) -> Judgment? {
        guard evidence.phases.contains(.agentStarted) else { return nil }
        // A guest that said farewell has not panicked, whatever somebody in it wrote on the console.
        if evidence.fate != .poweredOff, let panic = sightings.first(where: { $0.trouble == .panic }) {
            if panic.finding.quote.contains("sysrq triggered crash") {
                return Judgment(cause: .agentCrashed, summary: "Somebody in the guest told the kernel to crash while the agent ran.", findings: [panic.finding])
            }
            return Judgment(
                cause: .kernelPanic, summary: "The kernel panicked after the agent was started.", findings: [panic.finding])
        }
        if let oops = sightings.first(where: { $0.trouble == .oops }) {
            return Judgment(
                cause: .kernelOops, summary: "The kernel reported a fault of its own while the agent ran.", findings: [oops.finding])
        }
        return nil
    }

    // MARK: - Is the evidence whole?

    static func lossOfEvidence(_ evidence: CellEvidence) -> Judgment? {
        if case .deadline = evidence.fate {
            let step = GuestPhase.allCases.last { evidence.phases.contains($0) }.map { "its last step was \($0)" } ?? "it took no step of its plan"
            return Judgment(
                cause: .timeout, summary: "The guest was ready and did not finish in time; \(step).", findings: lastWords(evidence))
        }
        if let loss = evidence.losses.first {
            return Judgment(cause: .evidenceLost, summary: "Evidence was lost: \(Quote.line(loss))")
        }
        guard evidence.fate == .poweredOff, evidence.hello != nil, evidence.phases.contains(.evidenceSent) else {
            return Judgment(
                cause: .evidenceLost, summary: "The guest ended before it had handed over its evidence.", findings: lastWords(evidence))
        }
        if evidence.journal == nil {
            return Judgment(cause: .evidenceLost, summary: "The platform's journal could not be kept, so no request is proven.")
        }
        if evidence.items[.mountInfo]?.isWhole != true {
            return Judgment(cause: .evidenceLost, summary: "The guest's mount table did not arrive, so its cgroup layout is not proven.")
        }
        return nil
    }

    /// A distribution whose systemd mounted something else than the layout it was told to.
    ///
    /// systemd 256 and 257 mount the v1 hierarchies only when forced to, 258 no longer does (systemd's NEWS).
    static func layoutRefusal(_ evidence: CellEvidence) -> Judgment? {
        guard let manager = evidence.items[.serviceManager], let mounts = evidence.items[.mountInfo], mounts.isWhole,
            let found = MountTable(mountinfo: mounts.text).layout, found != evidence.layout
        else { return nil }
        let version = Quote.line(manager.text.split(separator: "\n").first.map(String.init) ?? "systemd")
        let number = version.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let findings = [Finding(source: "facts.json", quote: "found: \(found.rawValue)")]
        // What an older one should have done and did not is nobody's finding yet.
        guard number >= 256 else {
            return Judgment(cause: .guestSetup, summary: "\(version) was told to mount \(evidence.layout.rawValue) and mounted \(found.rawValue).", findings: findings)
        }
        return Judgment(
            cause: .layoutNotOffered,
            summary: "\(version) does not mount \(evidence.layout.rawValue), though told to on the kernel's command line: it mounted \(found.rawValue). systemd 258 dropped the v1 hierarchies.", findings: findings)
    }

    /// The last line of the console, which is all that is known of a guest that died.
    static func lastWords(_ evidence: CellEvidence) -> [Finding] {
        let lines = evidence.console.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        guard let last = lines.last else { return [Finding(source: "console.log", quote: "(empty: the guest printed nothing)")] }
        return [Finding(source: "console.log", quote: Quote.line(String(decoding: last, as: UTF8.self)))]
    }
}
