import ArtefactCache
import MatrixModel
import Synchronization
import TestSupport
import Testing

@testable import MatrixRunner

@Suite("A guest before the gate")
struct MemoryGateTests {
    /// A machine whose memory the test decides about.
    private final class Machine: Sendable {
        let memory = Mutex(0)
        let said = Mutex<[String]>([])
        let pauses = Mutex(0)
        /// Called in each pause.
        let onPause = Mutex<(@Sendable () -> Void)?>(nil)

        func gate(_ folder: TemporaryFolder) -> MemoryGate {
            MemoryGate(
                memory: GuestMemory(cache: .init(root: folder.path)),
                events: { if case .waitingForMemory(let id, let reason) = $0 { self.said.withLock { $0.append("\(id): \(reason)") } } },
                host: { HostResources(cores: 4, memory: self.memory.withLock(\.self), pressure: nil) },
                pause: {
                    try Task.checkCancellation()
                    self.pauses.withLock { $0 += 1 }
                    self.onPause.withLock(\.self)?()
                    await Task.yield()
                })
        }
    }

    private static func id(_ name: String) -> CellID { CellID(stored: name) }

    @Test("is let in whatever there is when no other runs")
    func alone() async throws {
        let machine = Machine()
        let gate = machine.gate(try TemporaryFolder())
        for _ in 0..<2 { #expect(try await gate.withGuest(Self.id("a"), size: 512) { 7 } == 7) }
        #expect(machine.said.withLock(\.self).isEmpty)
    }

    @Test("waits beside another while memory is short, says so once, and is let in when there is some")
    func waits() async throws {
        let machine = Machine()
        let gate = machine.gate(try TemporaryFolder())
        try await gate.withGuest(Self.id("a"), size: 512) {
            machine.onPause.withLock { $0 = { if machine.pauses.withLock(\.self) == 3 { machine.memory.withLock { $0 = 4 << 30 } } } }
            try await gate.withGuest(Self.id("b"), size: 512) { #expect(machine.pauses.withLock(\.self) == 3) }
        }
        #expect(machine.said.withLock(\.self) == ["b: 0.0 GiB available, a guest needs 0.8 GiB"])
    }

    @Test("is let in when the last of the others is gone, and gives up when it is cancelled")
    func others() async throws {
        let machine = Machine()
        let gate = machine.gate(try TemporaryFolder())
        let (released, release) = AsyncStream<Void>.makeStream()
        let first = Task {
            try await gate.withGuest(Self.id("a"), size: 512) {
                machine.memory.withLock { $0 = 1 }
                for await _ in released {}
            }
        }
        while machine.memory.withLock(\.self) == 0 { await Task.yield() }
        let cancelled = Task { try await gate.withGuest(Self.id("b"), size: 512) {} }
        while machine.said.withLock(\.self).isEmpty { await Task.yield() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let second = Task { try await gate.withGuest(Self.id("c"), size: 512) {} }
        while machine.said.withLock(\.count) < 2 { await Task.yield() }
        release.finish()
        try await first.value
        try await second.value
    }
}
