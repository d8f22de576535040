import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import QEMUGuest

@Suite("The accelerator probe")
struct AcceleratorProbeTests {
    let cache: TemporaryFolder
    let emulator: Emulator

    init() throws {
        cache = try TemporaryFolder()
        emulator = Emulator(path: try BuiltProgram.path("fake-qemu"), version: Emulator.Version(major: 7, minor: 2))
    }

    static let guest: (kernel: BootPlan.Kernel, initramfs: FilePath) = (.elf("/k/vmlinux"), "/i/initramfs")

    /// A probe whose trial guest behaves so; `/dev/null` can always be opened.
    private func probe(_ behaviour: String, device: FilePath = "/dev/null", limits: GuestLimits = FakeGuest.generousLimits) -> AcceleratorProbe {
        AcceleratorProbe(emulator: emulator, cache: cache.path, device: device, limits: limits, kernelArguments: ["fake=\(behaviour)"])
    }

    private var trialFolders: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: cache.path.appending("accelerator").string)) ?? []
    }

    @Test("KVM runs this machine's architecture only, and whoever asks for it in vain is told")
    func otherArchitecture() async throws {
        let other = try #require(Architecture.allCases.first { $0 != .host })
        let foreign = Emulator(path: emulator.path, version: emulator.version, architecture: other)
        let probe = AcceleratorProbe(emulator: foreign, cache: cache.path, device: "/dev/null", limits: FakeGuest.generousLimits)
        let answer = try await probe.answer(.auto, booting: Self.guest)
        #expect(answer.accelerator == .tcg && answer.reason.contains("\(Architecture.host.title) guests only"))
        let error = await #expect(throws: GuestError.self) { try await probe.answer(.kvm, booting: Self.guest) }
        #expect(error?.code == .foreignArchitecture && error?.description.contains("--accel auto") == true)
        #expect(try await probe.answer(.tcg, booting: nil).accelerator == .tcg)
    }

    @Test("says KVM when a guest booted and switched off with it, and remembers that")
    func works() async throws {
        let answer = try await probe("power-off").answer(.auto, booting: Self.guest)
        #expect(answer.accelerator == .kvm)
        #expect(AcceleratorProbe.remembered(cache: cache.path) == answer)
        #expect(trialFolders == [])
        // A second trial would fail: it is not made.
        #expect(try await probe("exit-code").answer(.auto, booting: Self.guest) == answer)
        #expect(try await probe("exit-code").answer(.auto, booting: nil) == answer)
    }

    @Test(
        "says TCG and why when the guest failed, and remembers that",
        arguments: [("panic", "panicked"), ("exit-early", "before its kernel powered off"), ("exit-code", "something went wrong"), ("flood", "console")])
    func fails(behaviour: String, reason: String) async throws {
        let answer = try await probe(behaviour).answer(.auto, booting: Self.guest)
        #expect(answer.accelerator == .tcg)
        #expect(answer.reason.contains(reason))
        #expect(AcceleratorProbe.remembered(cache: cache.path) == answer)
        #expect(trialFolders == [])
    }

    @Test("says TCG when the guest stands still, and asks again only after a day or when told to")
    func hangs() async throws {
        let limits = GuestLimits(ready: .milliseconds(300), silence: .milliseconds(300), total: .seconds(300))
        let answer = try await probe("silent", limits: limits).answer(.auto, booting: Self.guest)
        #expect(answer.accelerator == .tcg)
        #expect(answer.reason.contains("it hung"))
        #expect(try await probe("power-off").answer(.auto, booting: Self.guest) == answer)
        let subject = AcceleratorMemory.Subject(emulator: emulator.path, version: emulator.version.description)
        func memory(after seconds: Double) -> AcceleratorMemory { AcceleratorMemory(cache: cache.path) { Date().addingTimeInterval(seconds) } }
        #expect(memory(after: 86_000).recall(subject) == answer)
        #expect(memory(after: 86_500).recall(subject) == nil)
        #expect(try await probe("power-off").answer(.auto, booting: Self.guest, renews: true).accelerator == .kvm)
        // What a guest that ran shows holds as long as machine and emulator are the same.
        #expect(memory(after: 1e9).recall(subject)?.accelerator == .kvm)
    }

    @Test("says TCG without a trial when the device cannot be opened, and remembers nothing of it")
    func noDevice() async throws {
        let answer = try await probe("power-off", device: "/dev/missing").answer(.auto, booting: Self.guest)
        #expect(answer.accelerator == .tcg)
        #expect(answer.reason.contains("/dev/missing"))
        #expect(AcceleratorProbe.remembered(cache: cache.path) == nil)
    }

    @Test("says TCG when there is nothing to boot, and remembers nothing of it")
    func nothingToBoot() async throws {
        #expect(try await probe("power-off").answer(.auto, booting: nil).accelerator == .tcg)
        #expect(AcceleratorProbe.remembered(cache: cache.path) == nil)
    }

    @Test("says TCG when the trial could not be made, and remembers nothing of it")
    func couldNotTell() async throws {
        let gone = Emulator(path: cache.path.appending("gone"), version: emulator.version)
        let probe = AcceleratorProbe(emulator: gone, cache: cache.path, device: "/dev/null", limits: FakeGuest.generousLimits)
        let answer = try await probe.answer(.auto, booting: Self.guest)
        #expect(answer.accelerator == .tcg)
        #expect(answer.reason.contains("cannot test"))
        #expect(AcceleratorProbe.remembered(cache: cache.path) == nil)
    }

    @Test("believes whoever asks for one", arguments: [AcceleratorChoice.kvm, .tcg])
    func forced(choice: AcceleratorChoice) async throws {
        let answer = try await probe("exit-code").answer(choice, booting: nil)
        #expect(answer.accelerator.rawValue == choice.rawValue)
        #expect(answer.reason == "--accel")
        #expect(AcceleratorProbe.remembered(cache: cache.path) == nil)
    }

    @Test("refuses KVM when its device cannot be opened")
    func forcedWithoutDevice() async throws {
        let error = await #expect(throws: GuestError.self) {
            _ = try await probe("power-off", device: "/dev/missing").answer(.kvm, booting: nil)
        }
        #expect(error?.code == .acceleratorUnusable)
        #expect(error?.description.contains("group") == true)
    }

    @Test("asks again when the emulator is another, or the file makes no sense")
    func asksAgain() async throws {
        _ = try await probe("power-off").answer(.auto, booting: Self.guest)
        let newer = Emulator(path: emulator.path, version: Emulator.Version(major: 9, minor: 0))
        let other = AcceleratorProbe(
            emulator: newer, cache: cache.path, device: "/dev/null", limits: FakeGuest.generousLimits, kernelArguments: ["fake=panic"])
        #expect(try await other.answer(.auto, booting: Self.guest).accelerator == .tcg)
        try Data("{".utf8).write(to: URL(filePath: cache.path.appending("accelerator.json").string))
        #expect(AcceleratorProbe.remembered(cache: cache.path) == nil)
        #expect(try await probe("power-off").answer(.auto, booting: Self.guest).accelerator == .kvm)
    }

    @Test("remembers nothing when it is cancelled")
    func cancelled() async throws {
        let task = Task { [self] in try await probe("silent").answer(.auto, booting: Self.guest) }
        while trialFolders == [] { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(AcceleratorProbe.remembered(cache: cache.path) == nil)
        #expect(trialFolders == [])
    }

    @Test("makes its cache folder itself")
    func freshCache() async throws {
        let fresh = cache.path.appending("a/b")
        let probe = AcceleratorProbe(
            emulator: emulator, cache: fresh, device: "/dev/null", limits: FakeGuest.generousLimits, kernelArguments: ["fake=power-off"])
        #expect(try await probe.answer(.auto, booting: Self.guest).accelerator == .kvm)
        #expect(AcceleratorProbe.remembered(cache: fresh)?.accelerator == .kvm)
    }
}
