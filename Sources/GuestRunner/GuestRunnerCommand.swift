import CGuestSystem
import Glibc
import GuestProtocol

/// Selects what the executable does from how it was started.
public enum GuestRunnerCommand {
    /// Reads a task from standard input, runs its clients, and writes their reports to standard output.
    static let clientArgument = "client"
    /// Continues as a distribution's unit with the handover of the runner in the initramfs.
    static let unitArgument = "unit"

    /// - Parameter arguments: Without the executable's own name.
    public static func run(arguments: [String]) -> Never {
        // The kernel passes unknown words of its command line to init as arguments, so PID 1 ignores them.
        if getpid() == 1 { InitProcess().run() }
        if arguments == [unitArgument] { resume() }
        if arguments == [InstalledRunner.argument] { join() }
        guard arguments == [clientArgument], let task = readTask() else {
            RunnerLog.say("guest-runner is the first process (PID 1) of a test guest; there is nothing for it to do here")
            exit(64)
        }
        exit(play(task))
    }

    private static let portDeadline: UInt64 = 10_000

    /// Switches the machine off at the end, even after an error: no other process would.
    private static func resume() -> Never {
        do {
            guard let handover = RunnerHandover() else { throw SystemCallError("read", RunnerHandover.path, code: EINVAL) }
            let children = try ChildProcesses()
            let channel = try ControlChannel.open(before: Deadline(after: portDeadline), sequence: handover.sequence)
            // A guest of a snapshot receives its test plan only now.
            if let plan = handover.plan.mode == .standBy ? try channel.introduce() : handover.plan {
                try PlanExecution(plan: plan, channel: channel, children: children).carryOut()
            }
        } catch {
            RunnerLog.say("giving up: \(error)")
        }
        MachineEnd.powerOff()
    }

    /// For a distribution that booted with its own loader: there was no runner in the initramfs.
    private static func join() -> Never {
        do {
            let children = try ChildProcesses()
            let channel = try ControlChannel.open(before: Deadline(after: portDeadline))
            if let plan = try channel.introduce() { try PlanExecution(plan: plan, channel: channel, children: children).carryOut() }
        } catch {
            RunnerLog.say("giving up: \(error)")
        }
        MachineEnd.powerOff()
    }

    static func play(_ task: ClientTask) -> Int32 {
        guard let first = task.specs.first else { return 0 }
        let identity = first.identity
        let outcome = gs_become(identity.user, identity.effectiveUser ?? identity.user, identity.group, identity.groups, Int32(identity.groups.count))
        guard outcome == 0 else {
            RunnerLog.say("\(SystemCallError("become user", "\(identity.user)", code: -outcome))")
            return 1
        }
        var sequence: UInt32 = 0
        func send(_ report: ClientReport) {
            let frame = GuestMessage.client(report).frame(sequence: sequence)
            sequence += 1
            _ = frame.encoded().withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        }
        let isolation = gs_isolate(first.isolation == .userAndCgroup ? 1 : 0, first.isolation == .network ? 1 : 0)
        guard isolation == 0 else {
            let error = SystemCallError("unshare", "\(first.isolation)", code: -isolation)
            for spec in task.specs { send(ClientReport(name: spec.name, failure: "\(ClientReport.notPossible)\(error)")) }
            return 0
        }
        ClientRun(task: task).carryOut(report: send)
        return 0
    }

    /// Nil for input that is not a task.
    private static func readTask() -> ClientTask? {
        let input = Descriptor(owning: dup(STDIN_FILENO))
        var decoder = FrameDecoder()
        while let bytes = try? input.read(upTo: 64 * 1024), !bytes.isEmpty {
            guard let frames = try? decoder.receive(bytes) else { return nil }
            if let frame = frames.first, case .clients(let task) = try? HostMessage(frame) { return task }
        }
        return nil
    }
}
