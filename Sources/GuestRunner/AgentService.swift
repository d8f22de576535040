import CGuestSystem
import Glibc
import GuestProtocol

/// The agent as a child that is kept the way a service manager would keep it.
struct AgentService {
    static let logFolder = "/var/log/azure-proxy-agent"
    static let statusFile = logFolder + "/status.json"
    /// What the agent wrote to its standard output and error.
    static let outputFile = "/var/log/agent-output.log"

    /// An agent that logs without end fills this and not the guest's memory, where the evidence could then no longer be sent.
    private static let logs = MountOperation("tmpfs", on: "/var/log", options: ["mode=755,size=64m"])

    let plan: GuestPlan
    let children: ChildProcesses

    /// What waiting for the agent came to.
    enum Settling: Equatable {
        /// The status says so, or the deadline passed.
        case settled
        case ended(ProcessEnding)
        case hostWentAway
    }

    /// The folders and accounts a service finds on every distribution.
    func prepareSurroundings() throws(SystemCallError) {
        try Self.logs.carryOut()
        try SmallFile.makeFolders(Self.logFolder)
        try SmallFile.makeFolders("/root")
        try SmallFile.write(
            Array("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n".utf8), to: "/etc/passwd")
        try SmallFile.write(Array("root:x:0:\nnogroup:x:65534:\n".utf8), to: "/etc/group")
    }

    func start() throws(SystemCallError) -> pid_t {
        // What an earlier one left says nothing of this one.
        _ = unlink(Self.statusFile)
        let silence = Descriptor(owning: try SystemCallError.check(gs_open_read_write("/dev/null"), "open", "/dev/null"))
        let output = Descriptor(owning: try SystemCallError.check(gs_open_log(Self.outputFile), "open", Self.outputFile))
        return try children.start(
            "/" + plan.agentPath, arguments: plan.agentArguments,
            streams: .files(input: silence.raw, output: output.raw, error: output.raw))
    }

    /// Asks the agent to stop, as a service manager would, and waits until it is gone; one that does not go is killed. What it
    /// writes on its way out has the counters of all that happened.
    func stop(_ agent: pid_t, signal: Int32 = SIGTERM) throws(SystemCallError) {
        guard kill(agent, signal) == 0 else { return }
        let deadline = Deadline(after: Self.stopDeadline)
        while children.takeEnding(of: agent) == nil {
            guard !deadline.hasPassed else { return children.kill(agent) }
            _ = try Readiness.wait(for: [children.descriptor], timeout: deadline.remaining)
        }
    }

    /// In milliseconds.
    private static let stopDeadline: UInt64 = 2_000

    /// Waits until the agent's status settles, the agent ends, its deadline passes or the host goes away.
    func waitUntilSettled(_ agent: pid_t, channel: ControlChannel) throws(SystemCallError) -> Settling {
        let deadline = Deadline(after: UInt64(plan.agentDeadline))
        let watch = gs_watch_folder(Self.logFolder)
        let events = Descriptor(owning: try SystemCallError.check(watch, "watch", Self.logFolder))
        var reader = StatusReader(path: Self.statusFile, awaitsSuccess: plan.awaitsSuccess)
        while true {
            gs_drain(events.raw)
            // The child is looked at before the file: a status written just before the end must still be seen.
            let ending = children.takeEnding(of: agent)
            if let ending { return .ended(ending) }
            if reader.hasSettled() || deadline.hasPassed { return .settled }
            // The folder can be replaced under the watch, so the file is looked at now and then even in silence.
            let state = try Readiness.wait(
                for: [channel.descriptor, children.descriptor, events.raw], timeout: min(deadline.remaining, 500))
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
