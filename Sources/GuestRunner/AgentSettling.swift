import CGuestSystem
import Glibc
import GuestProtocol

/// Waits until the agent's status says that it is up, or why not.
struct AgentSettling {
    /// What waiting for the agent came to.
    enum Outcome: Equatable {
        /// The status says so, or the deadline passed.
        case settled
        case ended(ProcessEnding)
        case hostWentAway
    }

    let keeper: any AgentKeeper
    let plan: GuestPlan

    func wait(channel: ControlChannel) throws -> Outcome {
        let deadline = Deadline(after: UInt64(plan.agentDeadline))
        // A distribution's service manager makes the folder when it starts the agent.
        try SmallFile.makeFolders(AgentPlaces.logFolder)
        let watch = gs_watch_folder(AgentPlaces.logFolder)
        let events = Descriptor(owning: try SystemCallError.check(watch, "watch", AgentPlaces.logFolder))
        var reader = StatusReader(path: AgentPlaces.statusFile, awaitsSuccess: plan.awaitsSuccess)
        var asked = Deadline(after: 0)
        while true {
            gs_drain(events.raw)
            // The child is looked at before the file: a status written just before the end must still be seen.
            let isDue = keeper.wakeDescriptor != nil || asked.hasPassed
            if isDue, let ending = try keeper.unexpectedEnding() { return .ended(ending) }
            if isDue { asked = Deadline(after: UInt64(keeper.interval)) }
            if reader.hasSettled() || deadline.hasPassed { return .settled }
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
    private var last: [UInt64] = []

    init(path: String, awaitsSuccess: Bool) {
        self.path = path
        self.awaitsSuccess = awaitsSuccess
    }

    mutating func hasSettled() -> Bool {
        let raw = gs_open_read(path)
        guard raw >= 0 else { return false }
        let file = Descriptor(owning: raw)
        var isRegular: Int32 = 0
        var (size, inode, changed): (UInt64, UInt64, UInt64) = (0, 0, 0)
        guard gs_status(file.raw, &isRegular, &size, &inode, &changed) == 0, isRegular != 0, last != [size, inode, changed] else { return false }
        last = [size, inode, changed]
        guard let content = SmallFile.read(path, limit: AgentStatus.maximumSize), !content.isTruncated else { return false }
        return AgentStatus(content.bytes).isSettled(awaitsSuccess: awaitsSuccess)
    }
}
