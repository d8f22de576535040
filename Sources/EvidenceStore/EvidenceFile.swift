/// The files of a cell's evidence folder. No name ever comes from a guest.
public enum EvidenceFile: String, CaseIterable, Hashable, Sendable {
    case verdict = "verdict.json"
    case verifierLog = "verifier.log"
    case status = "status.json"
    case finalStatus = "status-final.json"
    case restartedStatus = "status-restarted.json"
    case connectionLog = "connections.log"
    case console = "console.log"
    case agentLog = "agent.log"
    case agentOutput = "agent-output.log"
    case kernelLog = "kernel.log"
    case kernelConfig = "kernel.config"
    case facts = "facts.json"
    case clients = "clients.json"
    case fabricJournal = "fabric.jsonl"
    case qemuCommand = "qemu.json"
    case qemuLog = "qemu.log"
}
