import CGuestSystem
import Glibc
import GuestProtocol

/// The agent as a child process, run as a service manager would run it.
final class AgentService: AgentKeeper {
    /// An agent that logs without limit fills this file system and not the guest's memory, which the runner needs to send the evidence.
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

    /// Creates the folders and accounts that a service finds on every distribution.
    static func prepareSurroundings() throws(SystemCallError) {
        try logs.carryOut()
        try SmallFile.makeFolders(AgentPlaces.logFolder)
        try SmallFile.makeFolders("/root")
        try SmallFile.write(
            Array("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n".utf8), to: "/etc/passwd")
        try SmallFile.write(Array("root:x:0:\nnogroup:x:65534:\n".utf8), to: "/etc/group")
    }

    func start() throws {
        // The status of an earlier agent says nothing about this one.
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

    /// On exit the agent writes its final counters.
    func stop(signal: Int32) throws {
        guard let agent = process else { return }
        process = nil
        guard kill(agent, signal) == 0 else { return }
        guard try !waitForEnd(of: agent) else { return }
        children.kill(agent)
        // Waits for the end, because the next agent would find this one's lock.
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
    /// In milliseconds. The folder can be replaced while it is watched, so the file is also read without an event.
    var interval: Int32 { 500 }
}
