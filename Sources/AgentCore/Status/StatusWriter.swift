internal import Synchronization
public import JSON
public import SystemPackage

/// Writes `status.json`. Any thread may change the status.
public final class StatusWriter: Sendable {
    private let path: FilePath
    private let log: AgentLog
    private let ledger: RequestLedger
    private let transform: @Sendable (JSONValue) -> JSONValue
    private struct State {
        var status = AgentStatus()
        var failure: Errno?
    }

    private let state = Mutex(State())

    /// - Parameter transform: Applied to the document before it is written or served.
    public init(path: FilePath, ledger: RequestLedger, log: AgentLog, transform: @escaping @Sendable (JSONValue) -> JSONValue = { $0 }) {
        self.path = path
        self.ledger = ledger
        self.log = log
        self.transform = transform
    }

    /// The document as it is served and written, now.
    public var document: String {
        state.withLock { state in
            ledger.fill(&state.status)
            return transform(state.status.json(at: .now)).text(pretty: false)
        }
    }

    /// Changes the status and, if anything is different, writes it at once.
    public func update(_ change: (inout AgentStatus) -> Void) {
        state.withLock { state in
            let before = state.status
            change(&state.status)
            if state.status != before { write(&state) }
        }
    }

    /// Writes the status with a fresh time.
    public func write() { state.withLock { write(&$0) } }

    private func write(_ state: inout State) {
        ledger.fill(&state.status)
        state.status.monitor = ModuleStatus(.running, "Aggregate status written to status file: \(path)")
        do throws(Errno) {
            try BoundedFile.makeFolder(path.removingLastComponent())
            let text = transform(state.status.json(at: .now)).text(pretty: true) + "\n"
            try BoundedFile.replace(path, with: text.utf8, permissions: FilePermissions(rawValue: 0o640))
            state.failure = nil
        } catch {
            state.status.monitor = ModuleStatus(.running, "Error writing aggregate status to status file: \(error)")
            // Logged once, not every minute.
            if state.failure != error { log.log(.warn, "Failed to write '\(path)': \(error)") }
            state.failure = error
        }
    }
}
