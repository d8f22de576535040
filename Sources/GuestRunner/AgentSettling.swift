import CGuestSystem
import Glibc
import GuestProtocol

/// Waits until the state in the agent's status is final.
struct AgentSettling {
    /// The outcome of waiting for the agent.
    enum Outcome: Equatable {
        /// The status says so, or the deadline passed.
        case settled
        /// A log line says that there is nothing to wait for.
        case settledByLog
        case ended(ProcessEnding)
        case hostWentAway
    }

    let keeper: any AgentKeeper
    let plan: GuestPlan

    /// - Parameter log: A watch that began before the agent was started.
    func wait(channel: ControlChannel, log: consuming LogWatch) throws -> Outcome {
        let deadline = Deadline(after: UInt64(plan.agentDeadline))
        // A distribution's service manager makes the folder when it starts the agent.
        try SmallFile.makeFolders(AgentPlaces.logFolder)
        let watch = gs_watch_folder(AgentPlaces.logFolder)
        let events = Descriptor(owning: try SystemCallError.check(watch, "watch", AgentPlaces.logFolder))
        var reader = StatusReader(path: AgentPlaces.statusFile, awaitsSuccess: plan.awaitsSuccess)
        var asked = Deadline(after: 0)
        while true {
            gs_drain(events.raw)
            // The process is checked before the file: a status written just before the end must still be read.
            let isDue = keeper.wakeDescriptor != nil || asked.hasPassed
            if isDue, let ending = try keeper.unexpectedEnding() { return .ended(ending) }
            if isDue { asked = Deadline(after: UInt64(keeper.interval)) }
            if reader.hasSettled() || deadline.hasPassed { return .settled }
            if log.hasSettled() { return .settledByLog }
            let descriptors = [channel.descriptor, events.raw] + (keeper.wakeDescriptor.map { [$0] } ?? [])
            let state = try Readiness.wait(for: descriptors, timeout: min(deadline.remaining, keeper.interval))
            if state.isHungUp(0) { return .hostWentAway }
        }
    }
}

/// Reads the status file again only when it changed.
private struct StatusReader {
    let path: String
    let awaitsSuccess: Bool
    private var last: FileVersion?

    init(path: String, awaitsSuccess: Bool) {
        self.path = path
        self.awaitsSuccess = awaitsSuccess
    }

    mutating func hasSettled() -> Bool {
        guard let version = FileVersion(path), version != last else { return false }
        last = version
        guard let content = SmallFile.read(path, limit: AgentStatus.maximumSize), !content.isTruncated else { return false }
        return AgentStatus(content.bytes).isSettled(awaitsSuccess: awaitsSuccess)
    }
}
