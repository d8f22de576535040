@testable import QEMUGuest
import SystemPackage
import Testing

@Suite("A snapshot's key")
struct SnapshotIngredientsTests {
    static let standard: BootPlan = {
        var plan = BootPlan(kernel: .elf("/k/vmlinux"), initramfs: "/i/initramfs", payload: "/p/payload", accelerator: .tcg, folder: "/run/cell")
        plan.network = GuestNetwork(program: "/b/network", wireServer: "w.sock", hostGAPlugin: "h.sock", imds: "i.sock")
        return plan
    }()

    static let distribution: BootPlan = {
        var plan = standard
        plan.distribution = DistributionDisks(root: "/d/root.img", modules: "/d/modules.img")
        return plan
    }()

    /// - Parameter changed: The file of which the content is another, by its name.
    static func ingredients(_ plan: BootPlan? = nil, changed: String? = nil, payloadSize: Int = 32 << 20) -> SnapshotIngredients {
        let named = (plan ?? standard).named(payloadSize: payloadSize) { path in
            let name = path.lastComponent?.string ?? ""
            return name == changed ? "another \(name)" : name
        }
        return SnapshotIngredients(
            commandLine: QEMUCommandLine(named).arguments, emulatorVersion: "7.2", emulatorDigest: "Q",
            host: HostMachine(machine: "m", processor: "p", kernel: "h"))
    }

    static let changes: [(name: String, value: SnapshotIngredients)] = [
        ("the kernel", ingredients(changed: "vmlinux")),
        ("the initramfs, with its runner and modules", ingredients(changed: "initramfs")), ("a distribution", ingredients(distribution)),
        ("its image", ingredients(distribution, changed: "root.img")), ("its modules", ingredients(distribution, changed: "modules.img")),
        ("what it is told before it waits", other { $0.firstPlan = [1] }), ("the payload's size", ingredients(payloadSize: 64 << 20)),
        ("memory", changed { $0.memory = 1024 }), ("processors", changed { $0.processors = 2 }), ("the accelerator", changed { $0.accelerator = .kvm }),
        ("kernel arguments", changed { $0.kernelArguments = ["lockdown=integrity"] }), ("the devices", changed { $0.network = nil }),
        ("the emulator's version", other { $0.emulatorVersion = "8.0" }), ("the emulator's binary", other { $0.emulatorDigest = "Q2" }),
        ("the host", other { $0.host = HostMachine(machine: "m2", processor: "p", kernel: "h") }),
        ("the host's processor", other { $0.host = HostMachine(machine: "m", processor: "p2", kernel: "h") }),
        ("the contract with the guest", other { $0.protocolVersion += 1 }),
    ]

    static func other(_ change: (inout SnapshotIngredients) -> Void) -> SnapshotIngredients {
        var other = ingredients()
        change(&other)
        return other
    }

    static func changed(_ change: (inout BootPlan) -> Void) -> SnapshotIngredients {
        var other = standard
        change(&other)
        return ingredients(other)
    }

    @Test("is another for another", arguments: changes.indices)
    func differs(index: Int) {
        #expect(Self.changes[index].value.key != Self.ingredients().key, "\(Self.changes[index].name)")
    }

    @Test("is its own for every change")
    func distinct() {
        #expect(Set(Self.changes.map { $0.value.key }).count == Self.changes.count)
    }

    @Test("does not depend on where things are, nor on limits, nor on the payload's content")
    func places() {
        var other = Self.standard
        other.folder = "/elsewhere"
        other.payload = "/p/other"
        other.limits.total = .seconds(1)
        other.source = .kernel(.elf("/elsewhere/vmlinux"), initramfs: "/elsewhere/initramfs")
        other.network = GuestNetwork(program: "/elsewhere/network", wireServer: "w.sock", hostGAPlugin: "h.sock", imds: "i.sock")
        #expect(Self.ingredients(other).key == Self.ingredients().key)
    }

    @Test("is one path component")
    func component() {
        #expect(Self.ingredients().key.count == 64)
        #expect(Self.ingredients().key.allSatisfy { $0.isHexDigit })
    }
}
