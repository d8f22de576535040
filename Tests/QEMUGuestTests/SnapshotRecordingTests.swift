import Foundation
import GuestProtocol
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import QEMUGuest

@Suite("A snapshot of a guest")
struct SnapshotRecordingTests {
    /// A copy of a guest, in a folder of its own.
    static func restored(_ files: SnapshotFiles, limits: GuestLimits = FakeGuest.generousLimits) throws -> FakeGuest {
        var guest = try FakeGuest("")
        guest.plan.start = .restored(files)
        guest.plan.limits = limits
        return guest
    }

    @Test("is made while it waits for its plan, and brought back as often as wanted")
    func works() async throws {
        let original = try FakeGuest("complete")
        let (files, hello) = try await recordSnapshot(original.plan, emulator: original.emulator)
        #expect(hello.release == "6.1.0-fake")
        #expect(hello.waking == nil)
        #expect(original.processes == [])
        #expect(Set(original.leftovers) == ["memory", "state"])
        for _ in 0..<2 {
            let copy = try Self.restored(files)
            let (ending, messages, _) = try await copy.run()
            #expect(ending == .farewell)
            guard case .hello(let hello)? = messages.first else { Issue.record("no hello first: \(messages.first.map { "\($0)" } ?? "")"); return }
            let report = try #require(hello.waking)
            #expect(report.isRight)
            #expect(abs(Int64(clamping: report.timeAfter) - Int64(clamping: HostClock.microseconds)) < 300_000_000)
            #expect(copy.leftovers == [])
        }
    }

    /// A distribution, which is to come up first.
    private static func distribution(_ behaviour: String) throws -> FakeGuest {
        var guest = try FakeGuest(behaviour)
        guest.plan.distribution = DistributionDisks(root: "/d/root.qcow2", modules: nil)
        guest.plan.firstPlan = GuestPlan(
            mode: .standBy, userland: .distribution(DistributionStart(package: nil)), layout: .unified, agentPath: "/usr/sbin/agent")
        return guest
    }

    @Test("of a distribution is made once it has come up")
    func comesUp() async throws {
        let original = try Self.distribution("complete")
        let (files, hello) = try await recordSnapshot(original.plan, emulator: original.emulator)
        #expect(hello.uptimeMilliseconds == 9_000, "its second hello")
        var copy = try Self.restored(files)
        copy.plan.distribution = original.plan.distribution
        let (ending, messages, _) = try await copy.run()
        #expect(ending == .farewell)
        #expect(messages.first.map { if case .hello = $0 { true } else { false } } == true)
    }

    @Test("of a distribution that does not come up is not made, and the step said that failed")
    func doesNotComeUp() async throws {
        let guest = try Self.distribution("setup-fails")
        let error = await #expect(throws: GuestError.self) { _ = try await recordSnapshot(guest.plan, emulator: guest.emulator) }
        #expect(error?.code == .snapshotNotMade)
        #expect(error?.description.contains("root: no such disk") == true, "\(error?.description ?? "")")
        #expect(guest.processes == [])
    }

    @Test("gives each copy a call of its own")
    func nonces() async throws {
        let original = try FakeGuest("complete")
        let (files, _) = try await recordSnapshot(original.plan, emulator: original.emulator)
        var nonces: Set<UInt64> = []
        for _ in 0..<3 {
            if case .hello(let hello)? = try await Self.restored(files).run().messages.first { nonces.insert(hello.waking?.nonce ?? 0) }
        }
        #expect(nonces.count == 3)
    }

    @Test(
        "is not made, and the reason said, when QEMU or its guest does not play along",
        arguments: [
            ("monitor-refuses", "x-ignore-shared"), ("monitor-babbles", "not a JSON object"), ("monitor-floods", "a line of more than"),
            ("migration-fails", "the migration failed"),
            ("state-withheld", "sent no state"),
            ("exit-early", "did not become ready"), ("garbage", "did not become ready"), ("exit-code", "did not become ready"),
        ])
    func fails(behaviour: String, words: String) async throws {
        let guest = try FakeGuest(behaviour)
        let error = await #expect(throws: GuestError.self) { _ = try await recordSnapshot(guest.plan, emulator: guest.emulator) }
        #expect(error?.code == .snapshotNotMade)
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(guest.processes == [])
        #expect(!guest.leftovers.contains { $0.hasSuffix(".sock") })
    }

    @Test("whose copy answers another's call is not believed")
    func wrongNonce() async throws {
        let original = try FakeGuest("wrong-nonce")
        let (files, _) = try await recordSnapshot(original.plan, emulator: original.emulator)
        let (ending, messages, _) = try await Self.restored(files).run()
        #expect(ending == .protocolViolation(.notWoken))
        #expect(messages.isEmpty)
    }

    @Test("whose copy stays silent is given up")
    func silent() async throws {
        let original = try FakeGuest("never-wakes")
        let (files, _) = try await recordSnapshot(original.plan, emulator: original.emulator)
        let limits = GuestLimits(ready: .milliseconds(300), silence: .milliseconds(300))
        let copy = try Self.restored(files, limits: limits)
        guard case .hung = try await copy.run().ending else { Issue.record("it was not given up"); return }
        #expect(copy.processes == [])
    }

    @Test("that is cancelled leaves no process and no socket")
    func cancelled() async throws {
        let guest = try FakeGuest("stuck")
        let task = Task { [guest] in try await recordSnapshot(guest.plan, emulator: guest.emulator) }
        while guest.processes == [] { await Task.yield() }
        task.cancel()
        await #expect(throws: (any Error).self) { _ = try await task.value }
        #expect(guest.processes == [])
        #expect(!guest.leftovers.contains { $0.hasSuffix(".sock") })
    }
}
