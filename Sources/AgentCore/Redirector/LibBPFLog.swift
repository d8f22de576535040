internal import CLibBPF
internal import Synchronization

/// Forwards libbpf's messages to the agent's log.
enum LibBPFLog {
    // libbpf has one callback per process, without a context.
    private static let target = Mutex<AgentLog?>(nil)

    static func send(to log: AgentLog) {
        target.withLock { $0 = log }
        gpa_set_print { level, text in
            guard let text else { return }
            var line = String(cString: text)
            while line.last?.isNewline == true { line.removeLast() }
            let log = LibBPFLog.target.withLock { $0 }
            let isWarning = level == Int32(bitPattern: LIBBPF_WARN.rawValue)
            log?.log(isWarning ? .warn : .debug, line)
        }
    }
}
