import GuestProtocol
public import MatrixModel

/// Says whether an attempt at a cell proved anything at all. What it then proved is the probes' to judge. Pure.
public enum Judge {
    /// Why the attempt proves nothing, or why there was nothing to measure; nil when its evidence can be judged.
    public static func attemptFailure(_ evidence: CellEvidence, _ sightings: [ConsoleClassifier.Sighting]) -> Judgement? {
        endingFailure(evidence, sightings)
            // A kernel that broke once the agent ran explains why evidence is missing.
            ?? (kernelFailure(evidence, sightings) == nil ? lossOfEvidence(evidence) : nil)
            ?? layoutRefusal(evidence)
            ?? profileRefusal(evidence)
    }

    // MARK: - Did the attempt prove anything?

    static func endingFailure(_ evidence: CellEvidence, _ sightings: [ConsoleClassifier.Sighting]) -> Judgement? {
        let agentWasStarted = evidence.phases.contains(.agentStarted)
        if let panic = sightings.first(where: { $0.trouble == .panic }), !agentWasStarted {
            return Judgement(
                cause: .bootPanic, summary: "The kernel panicked before the agent was started, so nothing is known of the agent on it.",
                findings: [panic.finding])
        }
        switch evidence.fate {
        case .harnessFailed(let reason):
            return Judgement(cause: .harness, summary: "The harness could not carry the attempt out: \(Quote.line(reason))")
        case .hung:
            return Judgement(
                cause: .emulatorHang, summary: "The guest went silent while booting and never got ready.", findings: lastWords(evidence))
        case .emulatorExited(let reason):
            return Judgement(
                cause: .emulatorExit, summary: "The emulator exited or was killed.",
                findings: [Finding(source: "qemu.log", quote: Quote.line(reason))] + lastWords(evidence))
        case .consoleFlood:
            return Judgement(
                cause: .consoleFlood, summary: "The guest printed more on its console than is kept and was stopped.",
                findings: lastWords(evidence))
        case .protocolViolation(let what):
            return Judgement(
                cause: .protocolViolation, summary: "The guest broke the control channel's contract; nothing it said counts.",
                findings: [Finding(source: "control channel", quote: Quote.line(what))])
        case .poweredOff, .endedEarly, .deadline:
            break
        }
        if let other = otherKernel(evidence) { return other }
        // A package that cannot be installed is the agent's: the probes judge it.
        if let failure = evidence.setupFailure, failure.step != CellEvidence.SetupFailure.installation {
            return Judgement(
                cause: failure.step == "cgroup-layout" ? .layoutNotOffered : .guestSetup,
                summary: "The guest could not be set up (\(Quote.line(failure.step))): \(Quote.line(failure.reason))",
                findings: lastWords(evidence))
        }
        return nil
    }

    // MARK: - Did the kernel survive?

    public static func kernelFailure(_ evidence: CellEvidence, _ sightings: [ConsoleClassifier.Sighting]) -> Judgement? {
        guard evidence.phases.contains(.agentStarted) else { return nil }
        // A guest that said farewell has not panicked: any process in it can write to the console.
        if evidence.fate != .poweredOff, let panic = sightings.first(where: { $0.trouble == .panic }) {
            if panic.finding.quote.contains("sysrq triggered crash") {
                return Judgement(
                    cause: .agentCrashed, summary: "Somebody in the guest told the kernel to crash while the agent ran.", findings: [panic.finding])
            }
            return Judgement(
                cause: .kernelPanic, summary: "The kernel panicked after the agent was started.", findings: [panic.finding])
        }
        // A guest may say farewell after an oops. It has handed over its kernel's log then, which a process cannot write to as the kernel.
        if let oops = sightings.first(where: { $0.trouble == .oops }), !isForgedOops(evidence) {
            return Judgement(
                cause: .kernelOops, summary: "The kernel reported a fault of its own while the agent ran.", findings: [oops.finding])
        }
        return nil
    }

    private static func isForgedOops(_ evidence: CellEvidence) -> Bool {
        guard evidence.fate == .poweredOff, let log = evidence.items[.kernelLog], log.isWhole else { return false }
        return ConsoleClassifier.lacksOops(log.bytes)
    }

    // MARK: - Is the evidence whole?

    static func lossOfEvidence(_ evidence: CellEvidence) -> Judgement? {
        if case .deadline = evidence.fate {
            let step = GuestPhase.allCases.last { evidence.phases.contains($0) }.map { "its last step was \($0)" } ?? "it took no step of its plan"
            return Judgement(
                cause: .timeout, summary: "The guest was ready and did not finish in time; \(step).", findings: lastWords(evidence))
        }
        if let loss = evidence.losses.first {
            return Judgement(cause: .evidenceLost, summary: "Evidence was lost: \(Quote.line(loss))")
        }
        guard evidence.fate == .poweredOff, evidence.hello != nil, evidence.phases.contains(.evidenceSent) else {
            return Judgement(
                cause: .evidenceLost, summary: "The guest ended before it had handed over its evidence.", findings: lastWords(evidence))
        }
        if evidence.journal == nil {
            return Judgement(cause: .evidenceLost, summary: "The platform's journal could not be kept, so no request is proven.")
        }
        // A package is installed before the layout is made, and one that cannot be installed says nothing of layouts.
        if evidence.items[.mountInfo]?.isWhole != true, evidence.setupFailure?.step != CellEvidence.SetupFailure.installation {
            return Judgement(cause: .evidenceLost, summary: "The guest's mount table did not arrive, so its cgroup layout is not proven.")
        }
        return nil
    }

    /// A distribution whose systemd mounted something else than the layout it was told to.
    ///
    /// systemd 256 and 257 mount the v1 hierarchies only when forced to, 258 no longer does (systemd's NEWS).
    static func layoutRefusal(_ evidence: CellEvidence) -> Judgement? {
        guard let manager = evidence.items[.serviceManager], let mounts = evidence.items[.mountInfo], mounts.isWhole,
            let found = MountTable(mountinfo: mounts.text).layout, found != evidence.layout
        else { return nil }
        let version = Quote.line(manager.text.split(separator: "\n").first.map(String.init) ?? "systemd")
        let number = version.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let findings = [Finding(source: "facts.json", quote: "found: \(found.rawValue)")]
        // There are no findings about what an older one should have done.
        guard number >= 256 else {
            return Judgement(
                cause: .guestSetup, summary: "\(version) was told to mount \(evidence.layout.rawValue) and mounted \(found.rawValue).", findings: findings)
        }
        return Judgement(
            cause: .layoutNotOffered,
            summary:
                "\(version) does not mount \(evidence.layout.rawValue), though told to on the kernel's command line: it mounted \(found.rawValue). "
                + "systemd 258 dropped the v1 hierarchies.",
            findings: findings)
    }

    /// The last line of the console, which is all that is known of a guest that died.
    public static func lastWords(_ evidence: CellEvidence) -> [Finding] {
        let lines = evidence.console.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        guard let last = lines.last else { return [Finding(source: "console.log", quote: "(empty: the guest printed nothing)")] }
        return [Finding(source: "console.log", quote: Quote.line(String(decoding: last, as: UTF8.self)))]
    }
}
