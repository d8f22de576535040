import QEMUGuest
import SystemPackage
import Testing

@testable import GuestSnapshots

@Suite("A snapshot's key")
struct SnapshotIngredientsTests {
    static let plan: BootPlan = {
        var plan = BootPlan(kernel: .elf("/k/vmlinux"), initramfs: "/i/initramfs", payload: "/p/payload", accelerator: .tcg, folder: "/run/cell")
        plan.network = GuestNetwork(relay: "/b/relay", wireServer: "w.sock", hostGAPlugin: "h.sock", imds: "i.sock")
        return plan
    }()

    static func ingredients(_ plan: BootPlan = plan, kernel: String = "K", initramfs: String = "I", payloadSize: Int = 32 << 20) -> SnapshotIngredients {
        SnapshotIngredients(
            commandLine: QEMUCommandLine(plan.named(kernel: kernel, initramfs: initramfs, payloadSize: payloadSize)).arguments, emulatorVersion: "7.2",
            emulatorDigest: "Q", host: HostMachine(machine: "m", processor: "p", kernel: "h"))
    }

    static let changes: [(String, @Sendable () -> SnapshotIngredients)] = [
        ("the kernel", { ingredients(kernel: "K2") }),
        ("the kernel's form", {
            var other = plan
            other.source = .kernel(.bzImage("/k/vmlinux"), initramfs: "/i/initramfs")
            return ingredients(other)
        }),
        ("the initramfs, with its runner and modules", { ingredients(initramfs: "I2") }),
        ("the payload's size", { ingredients(payloadSize: 64 << 20) }),
        ("memory", { changed { $0.memory = 1024 } }), ("processors", { changed { $0.processors = 2 } }), ("the accelerator", { changed { $0.accelerator = .kvm } }),
        ("kernel arguments", { changed { $0.kernelArguments = ["lockdown=integrity"] } }), ("the devices", { changed { $0.network = nil } }),
        ("the emulator's version", { var other = ingredients(); other.emulatorVersion = "8.0"; return other }),
        ("the emulator's binary", { var other = ingredients(); other.emulatorDigest = "Q2"; return other }),
        ("the host", { var other = ingredients(); other.host = HostMachine(machine: "m2", processor: "p", kernel: "h"); return other }),
        ("the host's processor", { var other = ingredients(); other.host = HostMachine(machine: "m", processor: "p2", kernel: "h"); return other }),
        ("the contract with the guest", { var other = ingredients(); other.protocolVersion += 1; return other }),
    ]

    static func changed(_ change: (inout BootPlan) -> Void) -> SnapshotIngredients {
        var other = plan
        change(&other)
        return ingredients(other)
    }

    @Test("is another for another", arguments: changes.indices)
    func changes(index: Int) {
        #expect(Self.changes[index].1().key != Self.ingredients().key, "\(Self.changes[index].0)")
    }

    @Test("is its own for every change")
    func distinct() {
        #expect(Set(Self.changes.map { $0.1().key }).count == Self.changes.count)
    }

    @Test("does not depend on where things are, nor on limits, nor on the payload's content")
    func places() {
        var other = Self.plan
        other.folder = "/elsewhere"
        other.payload = "/p/other"
        other.limits.total = .seconds(1)
        other.source = .kernel(.elf("/elsewhere/vmlinux"), initramfs: "/elsewhere/initramfs")
        other.network = GuestNetwork(relay: "/elsewhere/relay", wireServer: "w.sock", hostGAPlugin: "h.sock", imds: "i.sock")
        #expect(Self.ingredients(other).key == Self.ingredients().key)
    }

    @Test("is one path component")
    func component() {
        #expect(Self.ingredients().key.count == 64)
        #expect(Self.ingredients().key.allSatisfy(\.isHexDigit))
    }
}
