import CHostSystem
import Foundation
import MatrixModel
import SystemPackage
import Testing

@testable import QEMUGuest

@Suite("QEMU's command line")
struct QEMUCommandLineTests {
    static let plans: [(name: String, plan: BootPlan)] = {
        let plain = BootPlan(kernel: .elf("/k/vmlinux"), initramfs: "/i/initramfs.cpio", architecture: .x86_64, accelerator: .tcg, folder: "/run/cell")
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
        var other = BootPlan(kernel: .raw("/k/Image"), initramfs: "/i/initramfs.cpio", architecture: .arm64, accelerator: .tcg, folder: "/run/cell")
        (other.payload, other.kernelArguments, other.network) = (network.payload, network.kernelArguments, network.network)
        var otherRestored = other
        otherRestored.start = restored.start
        var otherTables = other
        otherTables.tables = "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"
        return [
            ("other-network", other), ("other-restored", otherRestored), ("other-tables", otherTables),
            ("recorded", recorded), ("restored", restored), ("firmware", firmware), ("tcg", plain), ("kvm", kvm), ("payload", payload), ("network", network),
            ("terminal", terminal), ("awkward-path", awkward), ("patient", patient),
        ]
    }()

    @Test("is the same as ever", arguments: plans.indices)
    func snapshot(index: Int) throws {
        let (name, plan) = Self.plans[index]
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Snapshots"))
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(QEMUCommandLine(plan).arguments.map { $0 + "\n" }.joined() == expected)
    }

    @Test("has a processor with pages of the kernel's size, from a snapshot too", arguments: [(4, "cortex-a57"), (16, "neoverse-n1"), (64, "cortex-a57")])
    func pages(size: Int, processor: String) throws {
        var plan = BootPlan(kernel: .raw("/k/Image", pageSize: size), initramfs: "/i/initramfs", architecture: .arm64, accelerator: .tcg, folder: "/run/cell")
        func found(_ plan: BootPlan) -> String? {
            let arguments = QEMUCommandLine(plan).arguments
            return arguments.firstIndex(of: "-cpu").map { arguments[$0 + 1] }
        }
        #expect(found(plan) == processor)
        // As a snapshot's key has it.
        #expect(found(plan.named(payloadSize: 0) { $0.string }) == processor)
        plan.start = .restored(SnapshotFiles(memory: "/m", state: "/s"))
        #expect(found(plan) == processor)
        plan.accelerator = .kvm
        #expect(found(plan) == "host")
    }

    @Test(
        "has the processor that a profile asks for, where there is one, whatever the size of its pages",
        arguments: [
            (Architecture.arm64, Accelerator.tcg, ProcessorFeature.branchProtection, "max,pauth-impdef=on", "virt"),
            (.arm64, .tcg, .memoryTagging, "max,pauth-impdef=on", "virt,mte=on"), (.arm64, .kvm, .memoryTagging, "host", "virt"),
            (.x86_64, .tcg, .branchProtection, "qemu64,+rdrand", "q35"), (.x86_64, .kvm, .memoryTagging, "host", "q35"),
        ])
    func feature(architecture: Architecture, accelerator: Accelerator, feature: ProcessorFeature, processor: String, machine: String) throws {
        var plan = BootPlan(
            kernel: .raw("/k/Image", pageSize: 16), initramfs: "/i/initramfs", architecture: architecture, accelerator: accelerator, folder: "/run/cell")
        plan.processorFeature = feature
        let arguments = QEMUCommandLine(plan).arguments
        #expect(arguments.firstIndex(of: "-cpu").map { arguments[$0 + 1] } == processor)
        #expect(arguments.firstIndex(of: "-machine").map { arguments[$0 + 1] } == machine)
        // Snapshots with it are others than those without it.
        let kept = QEMUCommandLine(plan.named(payloadSize: 0) { $0.string }).arguments
        #expect(kept.contains(processor) && kept.contains { $0.hasPrefix("\(machine),memory-backend") })
    }

    @Test("tells the kernel how fast its time stamp counter runs, where that is known")
    func timeStampCounter() throws {
        var plan = try #require(Self.plans.first { $0.name == "tcg" }).plan
        plan.timeStampKilohertz = 2_596_100
        let arguments = QEMUCommandLine(plan).arguments
        let append = try #require(arguments.firstIndex(of: "-append"))
        #expect(arguments[append + 1].split(separator: " ").contains("tsc_early_khz=2596100"))
    }

    /// A machine of 2,596,142 kHz that is interrupted while seven of eight pairs are read, by up to three milliseconds.
    @Test("takes the counter's frequency from the pair that was read quickest, whatever else the machine does")
    func frequency() {
        func reading(at milliseconds: Double, quick: Int) -> TimeStampCounter.Reading {
            TimeStampCounter.Reading(
                quickestOf: (0..<8).map { index in
                    let begin = milliseconds + Double(index) * 4
                    let pause = index == quick ? 0.0001 : 3 - Double(index) / 10
                    // The clock is read before or after the interruption.
                    let clock = index.isMultiple(of: 2) ? begin : begin + pause
                    return (UInt64(begin * 2_596_142), UInt64(clock * 1e6), UInt64((begin + pause) * 2_596_142))
                })
        }
        for quick in 0..<8 { #expect(reading(at: 7, quick: quick).kilohertz(until: reading(at: 57, quick: 7 - quick)) == 2_596_000) }
        // Counters that stand still or run backwards say nothing.
        #expect(reading(at: 57, quick: 0).kilohertz(until: reading(at: 7, quick: 0)) == nil)
        #expect(reading(at: 7, quick: 3).kilohertz(until: reading(at: 7, quick: 3)) == nil)
    }

    /// Bounds instead of an allowance: whatever interrupts the test makes them wider, and both hold.
    @Test("is told the frequency that this machine's own clock shows")
    func ownFrequency() async throws {
        let kilohertz = try #require(TimeStampCounter.kilohertz)
        let clock = ContinuousClock()
        let first = (hs_counter(), clock.now, hs_counter())
        try await Task.sleep(for: .milliseconds(200))
        let last = (hs_counter(), clock.now, hs_counter())
        let elapsed = (last.1 - first.1) / .milliseconds(1)
        // Rounded to a megahertz; both clocks may be steered apart by a thousandth.
        let rounding = 500.0 + Double(kilohertz) / 1000
        #expect(Double(kilohertz) >= Double(last.0 - first.2) / elapsed - rounding)
        #expect(Double(kilohertz) <= Double(last.2 - first.0) / elapsed + rounding)
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
