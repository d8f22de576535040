import CHostSystem
import Foundation
import SystemPackage
import Testing

@testable import QEMUGuest

@Suite("QEMU's command line")
struct QEMUCommandLineTests {
    static let plans: [(name: String, plan: BootPlan)] = {
        let plain = BootPlan(kernel: .elf("/k/vmlinux"), initramfs: "/i/initramfs.cpio", accelerator: .tcg, folder: "/run/cell")
        var kvm = plain
        kvm.source = .kernel(.bzImage("/k/vmlinuz"), initramfs: "/i/initramfs.cpio")
        kvm.accelerator = .kvm
        kvm.memory = 1024
        kvm.processors = 2
        var payload = plain
        payload.payload = "/p/payload.img"
        payload.kernelArguments = ["systemd.unified_cgroup_hierarchy=1", "cgroup_no_v1=all"]
        var patient = payload
        patient.sparesTime = false
        var network = payload
        network.network = GuestNetwork(
            program: "/b/guest-network", wireServer: "wireserver.sock", hostGAPlugin: "hostga.sock", imds: "imds.sock")
        var terminal = plain
        terminal.terminal = .inherited
        var awkward = network
        awkward.source = .kernel(.elf("/a, b/it's/vmlinux"), initramfs: "/a, b/it's/initramfs")
        awkward.payload = "/a, b/it's/payload.img"
        var firmware = network
        firmware.source = .firmware(.uefi("/usr/share/ovmf/OVMF.fd"))
        firmware.distribution = DistributionDisks(root: "/run/cell/root.qcow2", modules: nil, seed: "/s/seed.iso")
        var recorded = network
        recorded.start = .recorded
        var restored = network
        restored.start = .restored(SnapshotFiles(memory: "/c, d/memory", state: "/c, d/state"))
        return [
            ("recorded", recorded), ("restored", restored), ("firmware", firmware), ("tcg", plain), ("kvm", kvm), ("payload", payload), ("network", network), ("terminal", terminal), ("awkward-path", awkward), ("patient", patient),
        ]
    }()

    @Test("is the same as ever", arguments: plans.indices)
    func snapshot(index: Int) throws {
        let (name, plan) = Self.plans[index]
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Snapshots"))
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(QEMUCommandLine(plan).arguments.map { $0 + "\n" }.joined() == expected)
    }

    @Test("tells the kernel how fast its time stamp counter runs, where that is known")
    func timeStampCounter() throws {
        var plan = try #require(Self.plans.first { $0.name == "tcg" }).plan
        plan.timeStampKilohertz = 2_596_100
        let arguments = QEMUCommandLine(plan).arguments
        let append = try #require(arguments.firstIndex(of: "-append"))
        #expect(arguments[append + 1].split(separator: " ").contains("tsc_early_khz=2596100"))
    }

    @Test("knows the counter's frequency to a thousandth, whatever else the machine does")
    func frequency() async throws {
        let kilohertz = try #require(TimeStampCounter.kilohertz)
        let (start, time) = (hs_counter(), ContinuousClock.now)
        try await Task.sleep(for: .milliseconds(500))
        let measured = Double(hs_counter() - start) / ((ContinuousClock.now - time) / .milliseconds(1))
        #expect(abs(Double(kilohertz) / measured - 1) < 0.001)
    }

    @Test("gives every guest the same regardless of its folder")
    func folder() {
        var other = Self.plans[6].plan
        other.folder = "/elsewhere"
        #expect(QEMUCommandLine(other) == QEMUCommandLine(Self.plans[6].plan))
    }

    @Test("doubles commas, which end an option's value")
    func commas() {
        #expect(QEMUCommandLine.escape("a,b,,c") == "a,,b,,,,c")
    }
}
