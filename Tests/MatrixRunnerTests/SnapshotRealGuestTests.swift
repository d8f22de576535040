import ArtefactCache
import Foundation
import QEMUGuest
import KernelCatalogue
import MatrixModel
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import EvidenceStore
@testable import MatrixPlanning
@testable import MatrixRunner

/// Guests of real kernels, brought back from snapshots. Named so that they run with the other large tests.
@Suite("Snapshots (RealGuestTests)", .enabled(if: RealGuests.areAsked, "KMATRIX_PRODUCTS names no built products; ci/test sets it"), .serialized)
struct SnapshotRealGuestTests {
    @Test("cells of one kernel from one snapshot come to the verdicts of cold boots, on 5.10 and 6.1")
    func sameVerdicts() async throws {
        let layouts: [CgroupLayout] = [.unified, .legacy]
        let restored = try await RealGuests.layoutCells.value.filter { layouts.contains($0.cgroup) }
        let cold = try await RealGuests.run(kernels: ["5.10", "6.1"], layouts: layouts, boot: .cold, tier: .standard)
        #expect(restored.map(\.id) == cold.map(\.id))
        #expect(restored.map(\.verdict) == cold.map(\.verdict), "\(restored.map(\.summary)) \(cold.map(\.summary))")
        #expect(restored.map(\.cause) == cold.map(\.cause))
        #expect(cold.allSatisfy { $0.startMode == .cold(reason: nil) })
        var keys: [String: Set<String>] = [:]
        for record in restored where record.attempts == 1 {
            guard case .snapshot(let key)? = record.startMode else { Issue.record("\(record.id) booted: \(record.startMode.map { "\($0)" } ?? "")"); continue }
            keys[record.series ?? "", default: []].insert(key)
        }
        #expect(keys.values.allSatisfy { $0.count == 1 }, "one snapshot for each kernel: \(keys)")
        #expect(Set(keys.values.flatMap(\.self)).count == keys.count)
    }

    @Test("cells of a distribution from one snapshot install the agent into the running system, and come to the verdicts of cold boots")
    func distribution() async throws {
        let products = try #require(RealGuests.products)
        let axes = MatrixAxes(
            guests: try DistributionCatalogue(file: products.catalogue).select("debian-12").map(GuestChoice.init), kernels: [], layouts: [.unified],
            programs: [try products.program("connect4"), try products.program("kprobe-audit")], scenarios: .standard(try products.standardScenario()))
        let document = try await RealGuests.measure(MatrixRequest(blocks: [axes], tier: .quick), RunSettings(verification: .count(1)))
        #expect(document.cells.map(\.verdict) == [.compatible, .degraded], "\(document.cells.map(\.summary))")
        for record in document.cells {
            guard case .snapshot? = record.startMode else { Issue.record("\(record.id) booted: \(record.startMode.map { "\($0)" } ?? "")"); continue }
            let log = FilePath(try #require(record.evidence)).appending("install.log").string
            #expect(try String(contentsOfFile: log, encoding: .utf8).contains("Setting up azure-proxy-agent"))
        }
        let check = try #require(document.run.snapshotCheck)
        #expect(check.cells.count == 1)
        #expect(check.differences.isEmpty, "\(check.differences)")
    }

    @Test("two guests of one snapshot draw different random numbers and know the time, and their consoles begin with the boot")
    func ownLives() async throws {
        let bench = try await Bench()
        // The script stands in the agent's place; what it prints is evidence.
        let script = "/bin/busybox od -An -N32 -tx1 /dev/urandom; /bin/busybox cat /proc/sys/kernel/random/uuid; echo time=$(/bin/busybox date +%s); exit 3"
        var outputs: [[Substring]] = []
        for _ in 0..<2 {
            let record = try await RealGuests.runScript(script, retries: 0, boots: bench.policy())
            let evidence = FilePath(try #require(record.evidence))
            guard case .snapshot? = record.startMode else { Issue.record("it booted: \(record.startMode.map { "\($0)" } ?? "")"); return }
            let text = try String(contentsOfFile: evidence.appending("agent-output.log").string, encoding: .utf8)
            outputs.append(text.split(separator: "\n"))
            let seconds = try #require(text.split(separator: "time=").last.flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
            #expect(abs(seconds - Date().timeIntervalSince1970) < 60)
            let facts = try JSONDecoder().decode(KernelFacts.self, from: Data(contentsOf: URL(filePath: evidence.appending("facts.json").string)))
            let start = try #require(facts.start)
            #expect(start.seedBytes == 64)
            #expect(abs(try #require(start.clockErrorMilliseconds)) <= 2_000)
            let console = try String(contentsOfFile: evidence.appending("console.log").string, encoding: .utf8)
            #expect(console.contains("Linux version 6.1"))
            #expect(console.contains("Power down"))
        }
        #expect(outputs.allSatisfy { $0.count == 4 }, "\(outputs)")
        #expect(Set(outputs.map { $0.prefix(3) }).count == 2, "\(outputs)")
        #expect(zip(outputs[0].prefix(3), outputs[1].prefix(3)).allSatisfy { $0 != $1 }, "\(outputs)")
        #expect(bench.boots == 1)
    }

    @Test("a damaged snapshot is thrown away and made anew, and one that does not come back leads to a cold boot that says so")
    func damaged() async throws {
        let bench = try await Bench()
        let first = try await RealGuests.runScript("exit 3", retries: 0, boots: bench.policy())
        guard case .snapshot(let key)? = first.startMode else { Issue.record("it booted"); return }
        let file = try FileDescriptor.open(bench.file("memory-", of: key), .readWrite)
        _ = try file.closeAfter { try file.writeAll(toAbsoluteOffset: 200 << 20, [UInt8](repeating: 0x5A, count: 4096)) }
        let second = try await RealGuests.runScript("exit 3", retries: 0, boots: bench.policy())
        #expect(second.startMode == .snapshot(key: key))
        #expect(second.cause == first.cause)
        #expect(bench.boots == 2)

        // Damaged after it was checked: the emulator refuses the state.
        let policy = bench.policy()
        let third = try await RealGuests.runScript("exit 3", retries: 0, boots: policy)
        #expect(third.startMode == .snapshot(key: key))
        let state = try FileDescriptor.open(bench.file("state-", of: key), .readWrite)
        _ = try state.closeAfter { try state.writeAll(toAbsoluteOffset: 0, [UInt8](repeating: 0xFF, count: 4096)) }
        let fourth = try await RealGuests.runScript("exit 3", retries: 0, boots: policy)
        guard case .cold(let reason?)? = fourth.startMode else { Issue.record("\(fourth.startMode.map { "\($0)" } ?? "")"); return }
        #expect(reason.contains("snapshot restore failed"))
        #expect(fourth.cause == first.cause)
    }

    /// A cache of one test's own for snapshots; kernels come from the user's.
    final class Bench: Sendable {
        let folder: TemporaryFolder
        let cache: ArtefactCache
        private let emulator: Emulator
        private let words = Mutex<[String]>([])

        init() async throws {
            folder = try TemporaryFolder()
            cache = ArtefactCache(root: folder.path)
            emulator = try await Emulator.find()
        }

        /// As a run of its own has one.
        func policy() -> BootPolicy {
            let slots = GuestSlots(cache: .standard(), count: 2)
            return BootPolicy(choice: .snapshot, store: SnapshotStore(cache: cache, emulator: emulator, slots: slots)) { event in
                if case .preparing(let text) = event { self.words.withLock { $0.append(text) } }
            }
        }

        /// The file of a snapshot whose name begins so.
        func file(_ prefix: String, of key: String) throws -> FilePath {
            let folder = cache.root.appending("snapshot").appending(key)
            return folder.appending(try #require(FileManager.default.contentsOfDirectory(atPath: folder.string).first { $0.hasPrefix(prefix) }))
        }

        /// How often a guest was booted for a snapshot.
        var boots: Int { words.withLock { $0.count { $0.contains("creating snapshot") } } }
    }
}
