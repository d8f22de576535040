import GuestProtocol
import Guidance
import Judgement
import MatrixModel

extension Probe {
    /// From the kernel to the listener: what must be there before anything is redirected.
    static let programs: [Probe] = [
        Probe(.kernelHealthy, "the kernel neither panics nor reports a fault of its own") { evidence in
            Judge.kernelFailure(evidence.cell, evidence.sightings).map { .fail($0.cause ?? .kernelOops, $0.summary, $0.findings) }
                ?? .pass("The kernel reported no fault.")
        },
        Probe(.runs, "the agent starts, stays alive and says something", follows: [.load, .attach, .listener], judge: alive),
        Probe(.load, "the kernel loads the agent's programs", judge: loaded),
        Probe(.attach, "the programs attach to a cgroup v2 hierarchy", follows: [.load], judge: attached),
        Probe(.listener, "the proxy accepts connections", follows: [.load, .attach], judge: listening),
    ]

    private static func alive(_ evidence: ProbeEvidence) -> ProofOutcome {
        if let failure = evidence.cell.setupFailure {
            return .fail(
                .notInstallable, "The distribution's own tool could not install the agent's package: \(Quote.line(failure.reason))",
                Judge.lastWords(evidence.cell))
        }
        if let ending = evidence.cell.agentEnding {
            let summary = "The agent did not stay alive: it \(describe(ending))."
            // An agent that gives up after a failure it names is judged by that failure.
            guard evidence.setup.programFailure == nil, evidence.setup.listenerFailure == nil else { return .undecided(summary, cause: .agentCrashed) }
            return .fail(.agentCrashed, summary, lastWords(evidence.cell))
        }
        if evidence.setup.isSilent, evidence.throughAgent == nil {
            return .fail(.agentSilent, "The agent ran, wrote no status.json in the time it had, and no log of it says why.", lastWords(evidence.cell))
        }
        // A status that cannot be read, and not a word anywhere else: nothing more is to be known of this agent.
        if let broken = unreadableStatus(evidence), evidence.setup.programFailure == nil, evidence.throughAgent == nil { return broken }
        return .pass("The agent stayed alive.")
    }

    private static func loaded(_ evidence: ProbeEvidence) -> ProofOutcome {
        if let seen = evidence.throughAgent { return .pass("The platform saw requests come through the agent's programs.", [finding(seen)]) }
        if let running = evidence.setup.programsRun { return .pass("The agent reports its programs as running.", [running]) }
        guard let failure = evidence.setup.programFailure else { return .undecided("Nothing says whether the programs were loaded.") }
        switch failure.stage {
        case .attach, .link: return .pass("The programs were loaded; attaching them failed.", [failure.finding])
        case .load, .map, .listener, .key: return loadFailure(failure, evidence)
        }
    }

    private static func loadFailure(_ failure: ProgramSetup.Failure, _ evidence: ProbeEvidence) -> ProofOutcome {
        if failure.stage == .map {
            return .fail(.mapNotCreated, "The kernel refused to create a map that the agent's programs need.", [failure.finding])
        }
        if let explanation = verifierExplanation(failure, evidence) { return rejection(explanation, failure.finding) }
        let hasBTF = evidence.cell.items[.kernelBTF]?.text.hasPrefix("present") == true
        if !hasBTF, ["BTF", "btf", "audit"].contains(where: { failure.message.contains($0) }) {
            return .fail(
                .noBTF, "The program needs the kernel's own BTF, which this kernel does not carry.",
                [failure.finding, Finding(source: "facts.json", quote: "/sys/kernel/btf/vmlinux absent")])
        }
        return .fail(.loadFailed, "The agent could not load its eBPF programs.", [failure.finding])
    }

    /// The verifier's whole log where the agent left one, else what its message quotes.
    private static func verifierExplanation(_ failure: ProgramSetup.Failure, _ evidence: ProbeEvidence) -> VerifierExplanation? {
        if let log = evidence.cell.items[.verifierLog] { return VerifierExplanation(VerifierLog(log.text, isWhole: log.isWhole)) }
        return failure.message.contains("Verifier output") ? VerifierExplanation(VerifierLog(failure.message)) : nil
    }

    /// What the verifier said, at which line of the program, and which kernels would not say it.
    private static func rejection(_ explanation: VerifierExplanation, _ status: Finding) -> ProofOutcome {
        let place = explanation.instruction.map { instruction in
            let source = instruction.source.map { " of `\(Quote.line($0))`" } ?? ""
            return [Finding(source: "verifier.log", quote: "instruction \(instruction.index) (\(Quote.line(instruction.text)))\(source)")]
        }
        return .fail(
            explanation.cause, "The kernel's verifier refused the program: \(Quote.line(explanation.refusal)). \(explanation.conclusion)",
            [Finding(source: "verifier.log", quote: Quote.line(explanation.refusal))] + (place ?? []) + [status])
    }

    private static func attached(_ evidence: ProbeEvidence) -> ProofOutcome {
        if let seen = evidence.throughAgent { return .pass("The platform saw requests that the programs redirected.", [finding(seen)]) }
        if let running = evidence.setup.programsRun { return .pass("The agent reports its programs as attached.", [running]) }
        guard let failure = evidence.setup.programFailure, [.attach, .link].contains(failure.stage) else {
            return .undecided("Nothing says whether the programs were attached.")
        }
        let cgroup2 = MountTable(mountinfo: evidence.cell.items[.mountInfo]?.text ?? "").cgroup2
        guard cgroup2.isEmpty else {
            return attachFailure(failure, "although cgroup v2 is mounted at \(cgroup2.map { Quote.line($0) }.joined(separator: ", "))")
        }
        let isOffered = evidence.cell.items[.filesystems]?.text.contains("cgroup2") == true
        return .fail(
            .attachNoCgroup2,
            isOffered
                ? "cgroup v2 is mounted nowhere, so there is nothing to attach to. The kernel has it: mount it (systemd.unified_cgroup_hierarchy=1)."
                : "This kernel has no cgroup v2, so there is nothing to attach to.",
            [failure.finding, Finding(source: "facts.json", quote: "no cgroup2 in /proc/self/mountinfo")])
    }

    /// EBADF says that the folder is not a cgroup, which is the agent's mistake. Any other error is the kernel's answer to the link itself.
    private static func attachFailure(_ failure: ProgramSetup.Failure, _ circumstance: String) -> ProofOutcome {
        guard failure.stage == .link, let error = failure.error, error != .badDescriptor else {
            return .fail(.attachOther, "The program could not be attached \(circumstance).", [failure.finding])
        }
        return .fail(.linkNotCreated, "The kernel did not create the program's link (\(error.name)) \(circumstance).", [failure.finding])
    }

    private static func listening(_ evidence: ProbeEvidence) -> ProofOutcome {
        if let seen = evidence.throughAgent { return .pass("The proxy took connections.", [finding(seen)]) }
        if let failure = evidence.setup.listenerFailure { return .fail(.listenerFailed, "The agent's proxy does not listen.", [failure.finding]) }
        if let running = evidence.setup.listenerRuns { return .pass("The agent reports its listener as running.", [running]) }
        return .undecided("Nothing says whether the proxy listens.")
    }

    static func finding(_ request: FabricRequest) -> Finding {
        Finding(
            source: "fabric.jsonl",
            quote: Quote.line("\(request.method) \(request.target) claims \(request.claims ?? "none") signature \(request.signature.rawValue)"))
    }

    private static func describe(_ ending: ProcessEnding) -> String {
        switch ending {
        case .exited(let code): "exited with status \(code)"
        case .signalled(let signal): "was ended by signal \(signal)"
        case .notStarted(let error): "could not be started (errno \(error))"
        case .startedAgain(let times): times == 1 ? "ended and was started again" : "ended and was started again, \(times) times"
        }
    }

    private static func lastWords(_ evidence: CellEvidence) -> [Finding] {
        lastLine(evidence, .agentOutput, "agent-output.log") + lastLine(evidence, .unitJournal, "unit-journal.log", containing: " azure-proxy-agent[")
            + lastLine(evidence, .agentLog, "agent.log")
    }

    /// - Parameter word: What tells the lines that count from others'.
    static func lastLine(_ evidence: CellEvidence, _ item: EvidenceItem, _ source: String, containing word: String = "") -> [Finding] {
        guard let line = evidence.items[item]?.text.split(separator: "\n").last(where: { word.isEmpty || $0.contains(word) }) else { return [] }
        return [Finding(source: source, quote: Quote.line(line))]
    }
}
