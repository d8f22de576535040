import MatrixPlanning
import QEMUGuest
import SystemPackage
import Testing

@testable import MatrixRunner

@Suite("How long a cell's guest may take")
struct CellLimitsTests {
    @Test(
        "in all follows from what brings it up",
        arguments: [
            (GuestLimits.Starter.micro, 90), (.distribution(isDeployment: false), 180), (.distribution(isDeployment: true), 480), (.ownLoader, 720),
        ])
    func total(starter: GuestLimits.Starter, seconds: Int) {
        #expect(GuestLimits(of: starter, timeout: .seconds(90), extraTime: .zero).total == .seconds(seconds))
        #expect(GuestLimits(of: starter, timeout: .seconds(90), extraTime: .seconds(7)).total == .seconds(seconds + 7))
    }

    @Test("a deployment takes longer where the user allows more")
    func deployment() {
        #expect(GuestLimits(of: .distribution(isDeployment: true), timeout: .seconds(300), extraTime: .zero).total == .seconds(600))
    }

    @Test("until its hello is at most the timeout, and more where firmware and boot loader come first")
    func ready() {
        let standard = GuestLimits()
        for starter in [GuestLimits.Starter.micro, .distribution(isDeployment: false), .distribution(isDeployment: true)] {
            let (short, long) = (
                GuestLimits(of: starter, timeout: .seconds(5), extraTime: .zero), GuestLimits(of: starter, timeout: .seconds(500), extraTime: .zero)
            )
            #expect(short.ready == .seconds(5) && long.ready == standard.ready)
            #expect(short.silence == standard.silence && long.silence == standard.silence)
        }
        let loader = GuestLimits(of: .ownLoader, timeout: .seconds(90), extraTime: .seconds(7))
        #expect(loader.ready == .seconds(360) && loader.silence == .seconds(360))
    }

    @Test("a restored guest says hello soon or not at all, whatever its boot was granted", arguments: [5, 720])
    func restored(seconds: Int) {
        var plan = BootPlan(kernel: .elf("/k"), initramfs: "/i", accelerator: .tcg, folder: "/f")
        plan.limits.ready = .seconds(seconds)
        plan.restore(from: SnapshotFiles(memory: "/m", state: "/s"))
        #expect(plan.limits.ready == .seconds(min(seconds, 30)) && plan.limits.silence == .seconds(30))
        var booted = BootPlan(kernel: .elf("/k"), initramfs: "/i", accelerator: .tcg, folder: "/f")
        booted.begin(.boot(reason: nil))
        #expect(booted.limits == GuestLimits() && booted.start == .boot)
    }
}
