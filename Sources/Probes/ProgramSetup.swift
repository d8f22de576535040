import GuestProtocol
import Guidance
import Judgement
import MatrixModel

/// What the agent says of setting up its programs and its listener: in `status.json`, else in its log, the journal, its output or the console.
struct ProgramSetup: Sendable {
    /// A failure in the agent's own words.
    struct Failure: Sendable {
        let stage: SetupFailure.Stage
        let message: String
        /// The error number that the words name.
        let error: SystemError?
        let finding: Finding
    }

    /// What kept the programs from running; nil when nothing says that they failed.
    let programFailure: Failure?
    let listenerFailure: Failure?
    /// What says that the programs run; nil when nothing does.
    let programsRun: Finding?
    let listenerRuns: Finding?
    /// Whether the agent said anything at all, anywhere.
    let isSilent: Bool

    private static let logs: [(EvidenceItem, String)] = [
        (.agentLog, "agent.log"), (.unitJournal, "unit-journal.log"), (.agentOutput, "agent-output.log"), (.systemJournal, "system-journal.log"),
    ]

    init(_ evidence: CellEvidence, status: AgentStatus?) {
        var program: Failure?
        // The status says that the programs stopped, and not at which step.
        var isVague = false
        var listener: Failure?
        var running: Finding?
        var listening: Finding?
        if let status {
            if status.ebpfProgram.isRunning { running = status.finding("ebpfProgramStatus", status.ebpfProgram) }
            if status.proxyListener.isRunning { listening = status.finding("proxyListenerStatus", status.proxyListener) }
            (program, isVague) = Self.failure(status.ebpfProgram, named: "ebpfProgramStatus", of: status)
            if status.proxyListener.status == "STOPPED" {
                listener = Failure(
                    stage: .listener, message: status.proxyListener.message, error: nil, finding: status.finding("proxyListenerStatus", status.proxyListener))
            }
        }
        for (item, source) in Self.logs where isVague || (program == nil && running == nil) || (listener == nil && listening == nil) {
            guard let bytes = evidence.items[item]?.bytes, !bytes.isEmpty else { continue }
            let words = AgentWords(bytes)
            let standing = words.standing.map {
                Failure(stage: $0.stage, message: $0.line, error: $0.error, finding: Finding(source: source, quote: Quote.line($0.line)))
            }
            if isVague || (program == nil && running == nil), let named = standing.last(where: { [.load, .map, .attach, .link].contains($0.stage) }) {
                (program, isVague) = (named, false)
            }
            if listener == nil, listening == nil { listener = standing.last { $0.stage == .listener } }
        }
        programFailure = program
        listenerFailure = listener
        programsRun = running
        listenerRuns = listening
        isSilent = status == nil && evidence.items[.status] == nil && program == nil && listener == nil
    }

    /// An agent that neither runs its programs nor says that it stopped them may say so in the message alone.
    /// - Returns: The failure, and whether its step is not said.
    private static func failure(_ module: AgentStatus.Module, named name: String, of status: AgentStatus) -> (Failure?, isVague: Bool) {
        guard !module.isRunning else { return (nil, false) }
        let words = AgentWords(module.message).standing.last { [.load, .map, .attach, .link].contains($0.stage) }
        guard module.status == "STOPPED" || words != nil else { return (nil, false) }
        return (Failure(stage: words?.stage ?? .load, message: module.message, error: words?.error, finding: status.finding(name, module)), words == nil)
    }
}

extension AgentStatus {
    func finding(_ name: String, _ module: Module) -> Finding {
        Finding(source: "status.json", quote: Quote.line("\(name): \(module.status): \(module.message)"))
    }
}
