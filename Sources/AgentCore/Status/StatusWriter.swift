public import SystemPackage

/// Keeps `status.json` as it should be. Used from one thread.
public final class StatusWriter {
    private let path: FilePath
    private let log: AgentLog
    private let ledger: RequestLedger
    private var status = AgentStatus()
    private var written: Errno?

    public init(path: FilePath, ledger: RequestLedger, log: AgentLog) {
        self.path = path
        self.ledger = ledger
        self.log = log
    }

    public var current: AgentStatus { status }

    /// Changes the status and, if anything is different, writes it at once.
    public func update(_ change: (inout AgentStatus) -> Void) {
        let before = status
        change(&status)
        if status != before { write() }
    }

    /// Writes the status with a fresh time.
    public func write() {
        ledger.fill(&status)
        status.monitor = ModuleStatus(.running, "Aggregate status written to status file: \(path)")
        do {
            try BoundedFile.makeFolder(path.removingLastComponent())
            let text = status.json(at: .now).text(pretty: true) + "\n"
            try BoundedFile.replace(path, with: text.utf8, permissions: FilePermissions(rawValue: 0o640))
            written = nil
        } catch {
            status.monitor = ModuleStatus(.running, "Error writing aggregate status to status file: \(error)")
            // Once, not every minute.
            if written != error { log.log(.warn, "Failed to write '\(path)': \(error)") }
            written = error
        }
    }
}
