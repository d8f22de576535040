import CGuestSystem
import Glibc
import GuestProtocol

/// The agent as a child that is kept the way a service manager would keep it.
final class AgentService: AgentKeeper {
    /// An agent that logs without end fills this and not the guest's memory, where the evidence could then no longer be sent.
    private static let logs = MountOperation("tmpfs", on: "/var/log", options: ["mode=755,size=64m"])
    /// In milliseconds.
    private static let stopDeadline: UInt64 = 10_000

    private let plan: GuestPlan
    private let children: ChildProcesses
    private var process: pid_t?

    init(plan: GuestPlan, children: ChildProcesses) {
        self.plan = plan
        self.children = children
    }

    /// The folders and accounts a service finds on every distribution.
    static func prepareSurroundings() throws(SystemCallError) {
        try logs.carryOut()
        try SmallFile.makeFolders(AgentPlaces.logFolder)
        try SmallFile.makeFolders("/root")
        try SmallFile.write(
            Array("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n".utf8), to: "/etc/passwd")
        try SmallFile.write(Array("root:x:0:\nnogroup:x:65534:\n".utf8), to: "/etc/group")
    }

    func start() throws {
        // What an earlier one left says nothing of this one.
        _ = unlink(AgentPlaces.statusFile)
        do throws(SystemCallError) {
            let silence = Descriptor(owning: try SystemCallError.check(gs_open_read_write("/dev/null"), "open", "/dev/null"))
            let output = Descriptor(owning: try SystemCallError.check(gs_open_log(AgentPlaces.outputFile), "open", AgentPlaces.outputFile))
            process = try children.start(
                "/" + plan.agentPath, arguments: plan.agentArguments,
                streams: .files(input: silence.raw, output: output.raw, error: output.raw))
        } catch {
            throw AgentNotStarted(code: error.code)
        }
    }

    /// What the agent writes on its way out has the counters of all that happened.
    func stop(signal: Int32) throws {
        guard let agent = process else { return }
        process = nil
        guard kill(agent, signal) == 0 else { return }
        guard try !waitForEnd(of: agent) else { return }
        children.kill(agent)
        // Gone before the next one starts: that would find the first one's lock.
        _ = try waitForEnd(of: agent)
    }

    private func waitForEnd(of agent: pid_t) throws -> Bool {
        let deadline = Deadline(after: Self.stopDeadline)
        while children.takeEnding(of: agent) == nil {
            guard !deadline.hasPassed else { return false }
            _ = try Readiness.wait(for: [children.descriptor], timeout: deadline.remaining)
        }
        return true
    }

    func unexpectedEnding() -> ProcessEnding? {
        guard let process, let ending = children.takeEnding(of: process) else { return nil }
        self.process = nil
        return ending
    }

    var wakeDescriptor: Int32? { children.descriptor }
    /// The folder can be replaced under the watch, so the file is looked at now and then even in silence.
    var interval: Int32 { 500 }
}
