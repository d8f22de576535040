import GuestImages
import GuestProtocol
import Judgement
import MatrixModel

extension AgentProfile {
    var logsForGuest: [AgentLogFile] {
        AgentLog.allCases.compactMap { log in logs[log].map { AgentLogFile(item: log.item, path: $0) } }
    }

    /// `SettlingWords` of the guest: with the log's path in the place of its name.
    var wordsForGuest: [GuestProtocol.SettlingWords] {
        settlingWords.compactMap { words in logs[words.log].map { GuestProtocol.SettlingWords(path: $0, text: words.text, lines: UInt32(words.lines)) } }
    }
}

extension AgentLog {
    fileprivate var item: EvidenceItem {
        switch self {
        case .agent: .agentLog
        case .connections: .connectionLog
        case .verifier: .verifierLog
        }
    }
}

extension AskedKernel {
    init(planned cell: Cell, _ kernel: PreparedKernel) {
        self.init(release: cell.kernel.release, imageRelease: kernel.release, build: kernel.build, machine: cell.architecture.machine)
    }
}
