import GuestProtocol
import Guidance
import MatrixModel

extension Judge {
    /// What the agent did and says of itself, when that already decides the cell.
    static func agentFailure(_ evidence: CellEvidence) -> Judgment? {
        if let ending = evidence.agentEnding {
            return Judgment(
                cause: .agentCrashed, summary: "The agent did not stay alive: it \(describe(ending)).",
                findings: lastLine(evidence, .agentOutput, "agent-output.log") + lastLine(evidence, .unitJournal, "unit-journal.log", containing: " azure-proxy-agent[")
                    + lastLine(evidence, .agentLog, "agent.log"))
        }
        guard let item = evidence.items[.status] else {
            return Judgment(
                cause: .agentSilent, summary: "The agent ran and wrote no status.json in the time it had.",
                findings: lastLine(evidence, .agentLog, "agent.log"))
        }
        guard item.isWhole, let status = AgentStatus(json: item.bytes) else {
            let size = item.length ?? UInt64(item.bytes.count)
            return Judgment(
                cause: .agentStatusBroken, summary: "The agent wrote a status.json of \(size) bytes that cannot be read.",
                findings: [Finding(source: "status.json", quote: Quote.line(String(decoding: item.bytes.prefix(200), as: UTF8.self)))])
        }
        if !status.ebpfProgram.isRunning { return ebpfFailure(status, evidence) }
        if !status.proxyListener.isRunning {
            return Judgment(
                cause: .listenerFailed, summary: "The agent's proxy listener is \(Quote.line(status.proxyListener.status)).",
                findings: [statusFinding("proxyListenerStatus", status.proxyListener)])
        }
        return nil
    }

    private static func ebpfFailure(_ status: AgentStatus, _ evidence: CellEvidence) -> Judgment {
        let message = status.ebpfProgram.message
        let finding = statusFinding("ebpfProgramStatus", status.ebpfProgram)
        // The platform is the witness: requests that came through an agent which says that it does not run are a finding of their own.
        // Its own calls bear claims as well, but no client's name.
        if let seen = evidence.journal?.first(where: { $0.cameThroughAgent && $0.client != nil }) {
            return Judgment(
                cause: .statusContradicted, summary: "The agent says its redirector does not run, yet the platform saw requests come through it.",
                findings: [finding, Finding(source: "fabric.jsonl", quote: Quote.line("\(seen.method) \(seen.target) claims \(seen.claims ?? "")"))])
        }
        let mounts = MountTable(mountinfo: evidence.items[.mountInfo]?.text ?? "")
        let hasBTF = evidence.items[.kernelBTF]?.text.hasPrefix("present") == true
        if message.contains("Failed to attach program") || message.contains("Failed to open cgroup") {
            guard mounts.cgroup2.isEmpty else {
                return Judgment(
                    cause: .attachOther, summary: "The program could not be attached although cgroup v2 is mounted at \(mounts.cgroup2.joined(separator: ", ")).",
                    findings: [finding])
            }
            let offered = evidence.items[.filesystems]?.text.contains("cgroup2") == true
            return Judgment(
                cause: .attachNoCgroup2,
                summary: offered
                    ? "cgroup v2 is mounted nowhere, so there is nothing to attach to; the kernel has it, mount it (systemd.unified_cgroup_hierarchy=1)."
                    : "This kernel has no cgroup v2.",
                findings: [finding, Finding(source: "facts.json", quote: "no cgroup2 in /proc/self/mountinfo")])
        }
        if let log = evidence.items[.verifierLog], let explanation = VerifierExplanation(VerifierLog(log.text, isWhole: log.isWhole)) { return rejection(explanation, finding) }
        if !hasBTF, message.contains("BTF") || message.contains("btf") || message.contains("audit") {
            return Judgment(
                cause: .noBTF, summary: "The program needs the kernel's own BTF, which this kernel does not carry.",
                findings: [finding, Finding(source: "facts.json", quote: "/sys/kernel/btf/vmlinux absent")])
        }
        return Judgment(cause: .loadFailed, summary: "The agent could not set its eBPF programs up.", findings: [finding])
    }

    /// What the verifier said, at which line of the program, and which kernels would not say it.
    private static func rejection(_ explanation: VerifierExplanation, _ status: Finding) -> Judgment {
        let since = explanation.missing.map { " Mainline has \($0.name) since \($0.since)." } ?? ""
        let place = explanation.instruction.map { instruction in
            let source = instruction.source.map { " of `\(Quote.line($0))`" } ?? ""
            return [Finding(source: "verifier.log", quote: "instruction \(instruction.index) (\(Quote.line(instruction.text)))\(source)")]
        }
        return Judgment(
            cause: explanation.cause, summary: "The kernel's verifier refused the program: \(Quote.line(explanation.refusal)). \(explanation.reason)\(since)",
            findings: [Finding(source: "verifier.log", quote: Quote.line(explanation.refusal))] + (place ?? []) + [status])
    }

    private static func describe(_ ending: ProcessEnding) -> String {
        switch ending {
        case .exited(let code): "exited with status \(code)"
        case .signalled(let signal): "was ended by signal \(signal)"
        case .notStarted(let error): "could not be started (errno \(error))"
        case .startedAgain(let times): times == 1 ? "ended and was started again" : "ended and was started again, \(times) times"
        }
    }

    static func statusFinding(_ name: String, _ module: AgentStatus.Module) -> Finding {
        Finding(source: "status.json", quote: Quote.line("\(name): \(module.status): \(module.message)"))
    }

    /// - Parameter word: What tells the lines that count from others'.
    static func lastLine(_ evidence: CellEvidence, _ item: EvidenceItem, _ source: String, containing word: String = "") -> [Finding] {
        guard let line = evidence.items[item]?.text.split(separator: "\n").last(where: { word.isEmpty || $0.contains(word) }) else { return [] }
        return [Finding(source: source, quote: Quote.line(line))]
    }
}
