import Foundation
import GuestProtocol
import Testing

@testable import QEMUGuest

@Suite("A guest's ending")
struct GuestEndingTests {
    @Test("a guest that does all it should says everything and farewell")
    func complete() async throws {
        let guest = try FakeGuest("complete")
        let (ending, messages, log) = try await guest.run()
        #expect(ending == .farewell)
        #expect(log == "")
        guard case .hello(let hello) = messages.first else { Issue.record("the first word was \(String(describing: messages.first))"); return }
        #expect(hello.release == "6.1.0-fake")
        #expect(messages.last == .farewell)
        let phases = messages.compactMap { message in if case .phase(let phase, _) = message { phase } else { nil } }
        let distributions: Set<GuestPhase> = [.rootMounted, .agentInstalled, .unitStarted]
        #expect(phases == GuestPhase.allCases.filter { !distributions.contains($0) })
        #expect(messages.contains { if case .client(let report) = $0 { report.name == "imds-root-connect" } else { false } })
        #expect(guest.console.contains("Power down"))
        #expect(guest.processes == [])
        #expect(guest.leftovers == [])
    }

    /// The whole conversation lies in the socket when the emulator's end is noticed: not a word of it may be lost.
    @Test("the last words are heard, however quickly the emulator ends", arguments: 0..<20)
    func lastWords(round: Int) async throws {
        let (ending, messages, _) = try await FakeGuest("complete").run()
        #expect(ending == .farewell)
        #expect(messages.last == .farewell)
    }

    static let quick = GuestLimits(
        ready: .milliseconds(500), silence: .milliseconds(500), total: .seconds(300), shutdown: .milliseconds(500), console: 1 << 20)

    @Test("a guest that goes silent while booting hangs", arguments: ["silent", "no-connect"])
    func hang(behaviour: String) async throws {
        let guest = try FakeGuest(behaviour, limits: Self.quick)
        let (ending, messages, _) = try await guest.run()
        guard case .hung = ending else { Issue.record("ended with \(ending)"); return }
        #expect(messages == [])
        #expect(guest.processes == [])
    }

    @Test("a guest that prints without end is stopped, and its console kept")
    func flood() async throws {
        let guest = try FakeGuest("flood")
        let (ending, _, _) = try await guest.run()
        guard case .consoleFlood(let bytes) = ending else { Issue.record("ended with \(ending)"); return }
        #expect(bytes > 1 << 20)
        #expect(guest.console.contains("dull"))
        #expect(guest.processes == [])
    }

    @Test("a guest that breaks the contract is stopped")
    func violations() async throws {
        #expect(try await FakeGuest("garbage").run().ending == .protocolViolation(.badMagic(Array("GET / HTTP/1.1\r\n".utf8))))
        #expect(try await FakeGuest("oversized").run().ending == .protocolViolation(.oversizedPayload(0x7FFF_FFFF)))
        #expect(try await FakeGuest("bad-checksum").run().ending == .protocolViolation(.badChecksum(sequence: 0)))
        #expect(try await FakeGuest("wrong-version").run().ending == .protocolViolation(.versionMismatch(99)))
        #expect(try await FakeGuest("huge-item").run().ending == .protocolViolation(.itemTooLarge(item: EvidenceItem.agentLog.rawValue)))
    }

    @Test("a guest that ends inside a message ended early")
    func halfFrame() async throws {
        let (ending, messages, _) = try await FakeGuest("half-frame").run()
        #expect(ending == .endedEarly)
        #expect(messages.count == 1)
    }

    @Test("a guest that ends before its farewell ended early, whatever the reason", arguments: ["panic", "exit-early", "power-off"])
    func early(behaviour: String) async throws {
        let guest = try FakeGuest(behaviour)
        let (ending, messages, _) = try await guest.run()
        #expect(ending == .endedEarly)
        #expect(messages == [])
        #expect(guest.console.contains("Kernel panic") == (behaviour == "panic"))
    }

    @Test("an emulator that fails is quoted")
    func failure() async throws {
        let guest = try FakeGuest("exit-code")
        let (ending, _, log) = try await guest.run()
        guard case .emulatorExited(let status, let stderr) = ending else { Issue.record("ended with \(ending)"); return }
        #expect(status.contains("3"))
        #expect(stderr == "fake-qemu: something went wrong\n")
        #expect(log == stderr)
    }

    @Test("a guest that said farewell and stays meets its deadline")
    func slowLeave() async throws {
        let guest = try FakeGuest("slow-leave", limits: Self.quickShutdown)
        let (ending, messages, _) = try await guest.run()
        #expect(ending == .deadline)
        #expect(messages.last == .farewell)
        #expect(guest.processes == [])
    }

    static var quickShutdown: GuestLimits {
        var limits = FakeGuest.generousLimits
        limits.shutdown = .milliseconds(500)
        return limits
    }

    @Test("an emulator killed from outside is no guest's doing")
    func killed() async throws {
        let guest = try FakeGuest("stuck")
        let outcome = try await withGuest(guest.plan, emulator: guest.emulator) { running in
            for await message in running.messages {
                if case .hello = message { for process in guest.processes { kill(process, SIGKILL) } }
            }
        }
        guard case .emulatorExited(let status, _) = outcome.ending else { Issue.record("ended with \(outcome.ending)"); return }
        #expect(status.contains("9"))
    }
}
