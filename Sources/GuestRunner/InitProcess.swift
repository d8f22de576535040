import CGuestSystem
import Glibc
import GuestProtocol

/// The duties of PID 1 until a distribution's init takes over, and to the end in the micro guest: mounts, modules, the control
/// channel, and switching the machine off.
///
/// PID 1 must never exit, for the kernel panics then and the panic would look like the kernel's fault.
struct InitProcess {
    /// How long the control port may take to appear, in milliseconds: modules are loaded by then.
    static let portDeadline: UInt64 = 20_000
    /// On the kernel's command line: switch off at once.
    static let powerOffParameter = "kmatrix.poweroff"

    static let mounts: [MountOperation] = [
        // /proc is mounted before the first line of Swift runs: boot.c says why.
        MountOperation("sysfs", on: "/sys"),
        MountOperation("devtmpfs", on: "/dev", flags: [.noSetUserID]),
        MountOperation("tmpfs", on: "/run", flags: [.noSetUserID, .noDevices], options: ["mode=755"]),
        MountOperation("tmpfs", on: "/tmp", flags: [.noSetUserID, .noDevices], options: ["mode=1777"]),
    ]
    /// File systems that distributions mount too, and that a kernel may lack.
    static let optionalMounts: [MountOperation] = [
        MountOperation("devpts", on: "/dev/pts", flags: [.noSetUserID, .noExecution], options: ["mode=620,gid=5,ptmxmode=666", ""]),
        MountOperation("tmpfs", on: "/dev/shm", flags: [.noSetUserID, .noDevices], options: ["mode=1777"]),
        MountOperation("securityfs", on: "/sys/kernel/security"), MountOperation("bpf", on: "/sys/fs/bpf", options: ["mode=700"]),
        MountOperation("tracefs", on: "/sys/kernel/tracing"),
    ]

    func run() -> Never {
        for mount in Self.mounts { attempt { try mount.carryOut() } }
        let commandLine = SmallFile.text("/proc/cmdline", limit: 1 << 16) ?? ""
        if commandLine.split(whereSeparator: \.isWhitespace).contains(Substring(Self.powerOffParameter)) { MachineEnd.powerOff() }
        // Mounted only now: not where the sole task is to switch off. A kernel without one of them just has none.
        for mount in Self.optionalMounts { try? mount.carryOut() }
        loadModules()
        do {
            try serve()
        } catch {
            RunnerLog.say("giving up: \(error)")
        }
        MachineEnd.powerOff()
    }

    private func serve() throws {
        let children = try ChildProcesses()
        let channel = try ControlChannel.open(before: Deadline(after: Self.portDeadline))
        guard let plan = try channel.introduce() else { return }
        switch plan.userland {
        case .distribution(let start) where plan.mode != .nothing:
            // Does not come back when all goes well: the distribution's init takes this process over.
            try DistributionBoot(plan: plan, start: start, channel: channel, children: children).carryOut()
        case .micro, .distribution: try PlanExecution(plan: plan, channel: channel, children: children).carryOut()
        }
    }

    /// Loads the modules the archive lists, in its order.
    private func loadModules() {
        for path in (SmallFile.text("/modules.load") ?? "").split(separator: "\n") {
            let outcome = gs_load_module(String(path))
            if outcome < 0, outcome != -EEXIST { RunnerLog.say("\(SystemCallError("load", String(path), code: -outcome))") }
        }
    }

    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch { RunnerLog.say("\(error)") }
    }
}
