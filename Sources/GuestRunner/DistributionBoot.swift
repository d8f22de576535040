import CGuestSystem
import Glibc
import GuestProtocol

/// Boots a distribution from the stage-0 initramfs, in place of its own: mounts its root, installs the agent with the distribution's package
/// manager, installs the runner as a unit, and executes its init.
///
/// The image needs no preparation, so a prebuilt image boots in the same way.
struct DistributionBoot {
    static let newRoot = "/newroot"
    static let unitName = "kmatrix-runner.service"
    static let unitFolder = "/run/systemd/system"
    private static let diskDeadline: UInt64 = 20_000
    private static let initPaths = ["/sbin/init", "/usr/lib/systemd/systemd", "/lib/systemd/systemd"]

    let plan: GuestPlan
    let start: DistributionStart
    let channel: ControlChannel
    let children: ChildProcesses

    /// Returns only after a step has failed and the failure was reported to the host.
    func carryOut() throws(ControlChannel.Failure) {
        try phase(.planReceived)
        do {
            try PlanExecution.step("root") { try mountRoot() }
            try phase(.rootMounted)
            if plan.mode != .standBy {
                try PlanExecution.step("payload") { try PayloadUnpacking.unpack(try disk(.payload), below: "/") }
                try phase(.payloadUnpacked)
            }
            if let package = start.package {
                try PackageInstallation(children: children).install("/" + package, evidence: EvidenceSender(channel: channel))
                try phase(.agentInstalled)
            }
            try PlanExecution.step("unit") { try leaveUnit() }
            try PlanExecution.step("init") { try becomeInit() }
        } catch let failure as PlanExecution.SetupFailure {
            try channel.send(.setupFailed(step: failure.step, reason: failure.reason))
        } catch let failure as ControlChannel.Failure {
            throw failure
        } catch {
            try channel.send(.setupFailed(step: "distribution", reason: "\(error)"))
        }
        try phase(.evidenceSent)
        try channel.sendFarewell()
    }

    private func mountRoot() throws {
        guard case .disk(let fileSystem, let partition) = start.root else { throw SystemCallError("mount", "a root that the plan does not name", code: EINVAL) }
        try MountOperation(fileSystem, on: Self.newRoot, source: try disk(.root, partition: partition), flags: []).carryOut()
        try copyRunner(to: Self.newRoot + InstalledRunner.path)
        // A distribution that contains the modules of this kernel needs no disk for them.
        if let modules = DeviceWaiting.disk(.modules) {
            try MountOperation("ext4", on: "\(Self.newRoot)/lib/modules/\(GuestKernel.release)", source: modules, flags: [.readOnly]).carryOut()
        }
        for place in ["/dev", "/proc", "/sys", "/run"] {
            try SmallFile.makeFolders(Self.newRoot + place)
            try SystemCallError.check(gs_move_mount(place, Self.newRoot + place), "move", place)
        }
        try SystemCallError.check(gs_enter_root(Self.newRoot), "enter", Self.newRoot)
    }

    private func disk(_ disk: GuestDisk, partition: UInt32? = nil) throws(SystemCallError) -> String {
        let devices = DeviceWaiting()
        guard let path = devices.first(before: Deadline(after: Self.diskDeadline), { DeviceWaiting.disk(disk, partition: partition) }) else {
            throw SystemCallError("find the disk", partition.map { "\(disk.rawValue), partition \($0)" } ?? disk.rawValue, code: ENODEV)
        }
        return path
    }

    private func copyRunner(to path: String) throws {
        guard let runner = SmallFile.read("/init", limit: 256 << 20), !runner.isTruncated else { throw SystemCallError("read", "/init", code: EIO) }
        try SmallFile.write(runner.bytes, to: path, mode: 0o755)
    }

    /// Installs the runner as a unit, which carries out the rest of the plan. Except in a deployment the agent's unit waits until the runner is
    /// ready, so that the plan's earlier steps come before the agent.
    private func leaveUnit() throws {
        let holdsAgent = !start.isDeployment && plan.steps.contains { if case .startAgent = $0 { true } else { false } }
        let unitStart = [.bareBoot, .standBy].contains(plan.mode) ? RunnerUnit.Start.booted : .early
        try SmallFile.write(Array(RunnerUnit.text(start: unitStart, holdsAgent: holdsAgent).utf8), to: "\(Self.unitFolder)/\(Self.unitName)")
        try SmallFile.makeFolders("\(Self.unitFolder)/\(unitStart.rawValue).wants")
        let link = "\(Self.unitFolder)/\(unitStart.rawValue).wants/\(Self.unitName)"
        guard symlink("../\(Self.unitName)", link) == 0 else { throw SystemCallError("link", link, code: errno) }
        if start.isDeployment {
            try SmallFile.makeFolders("/run/udev/rules.d")
            try SmallFile.write(Array(Self.resourceRule.utf8), to: "/run/udev/rules.d/66-azure-resource.rules")
        }
        try RunnerHandover(sequence: channel.sequence, plan: plan).save()
    }

    /// Creates the link under which cloud-init looks for the platform's temporary storage. On the platform its udev rules match Hyper-V's device
    /// ids.
    private static let resourceRule = """
        SUBSYSTEM=="block", ENV{DEVTYPE}=="disk", ATTR{serial}=="\(GuestDisk.resource.rawValue)", SYMLINK+="disk/cloud/azure_resource"
        SUBSYSTEM=="block", ENV{DEVTYPE}=="partition", ATTRS{serial}=="\(GuestDisk.resource.rawValue)", SYMLINK+="disk/cloud/azure_resource-part%n"

        """

    private func becomeInit() throws {
        guard let path = Self.initPaths.first(where: SmallFile.exists) else { throw SystemCallError("find init in", "/sbin", code: ENOENT) }
        // The initramfs is not visible any more. From here on systemd owns the console.
        let outcome = ChildProcesses.withCStrings([path]) { argv in
            ChildProcesses.withCStrings(["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=linux"]) { envp in gs_exec(path, argv, envp) }
        }
        try SystemCallError.check(outcome, "become", path)
    }

    private func phase(_ phase: GuestPhase) throws(ControlChannel.Failure) {
        try channel.send(.phase(phase, uptimeMilliseconds: GuestClock.uptime))
    }
}
