import ArtefactCache
import EvidenceStore
import Foundation
import QEMUGuest
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning
@testable import MatrixRunner

/// Whole cells with the stand-in emulator, whose guests come from snapshots.
@Suite("A cell from a snapshot")
struct SnapshotCellTests {
    struct Bench {
        let folder: TemporaryFolder
        let cache: ArtefactCache
        let emulator: Emulator

        init() async throws {
            folder = try TemporaryFolder()
            cache = ArtefactCache(root: folder.path.appending("cache"))
            emulator = try await Emulator.find(environment: ["KMATRIX_QEMU": BuiltProgram.path("fake-qemu").string], versionTimeout: .seconds(300))
            try StandInProducts.make(in: folder.path.appending("products"))
            for name in ["vmlinux", "initramfs", "payload"] { try Data(name.utf8).write(to: URL(filePath: folder.path.appending(name).string)) }
        }

        func run(_ behaviour: String, choice: BootChoice, isShared: Bool = false, retries: Int = 0, out: String = "run") async throws -> CellRecord {
            let slots = GuestSlots(cache: cache, count: 2)
            let planned = try #require(PlanSample.cells([try PlanSample.kernel("6.1.176-1")], try PlanSample.axes([.unified])).first)
            let context = CellContext(
                emulator: emulator, accelerator: .tcg, products: try Products(folder: folder.path.appending("products")), slots: slots, timeout: .seconds(120),
                retries: retries, boots: BootPolicy(choice: choice, store: SnapshotStore(cache: cache, emulator: emulator, slots: slots), events: { _ in }),
                sharedBoots: isShared ? SharedBoot.all([planned, planned]) : [], kernelArguments: ["fake=\(behaviour)"], events: { _ in })
            let kernel = PreparedKernel(boot: .elf(folder.path.appending("vmlinux")), initramfs: folder.path.appending("initramfs"), modules: nil, config: nil)
            let artefacts = PreparedCell(kernel: kernel, payload: folder.path.appending("payload"), distribution: nil)
            return try await CellRunner(context: context, folder: RunFolder.create(at: folder.path.appending(out))).run(planned, artefacts)
        }

        func evidence(_ record: CellRecord) throws -> FilePath { FilePath(try #require(record.evidence)) }
    }

    static func isRestored(_ record: CellRecord) -> Bool { if case .snapshot = record.startMode { true } else { false } }

    @Test("comes to the verdict of one that booted, and says how it was born", arguments: ["complete", "unattached"])
    func same(behaviour: String) async throws {
        let bench = try await Bench()
        let restored = try await bench.run(behaviour, choice: .snapshot)
        let cold = try await bench.run(behaviour, choice: .cold, out: "cold")
        #expect(Self.isRestored(restored))
        #expect(cold.startMode == .cold(reason: nil))
        #expect((restored.verdict, restored.cause) == (cold.verdict, cold.cause), "\(restored.summary) \(cold.summary)")
        let folder = try bench.evidence(restored)
        let facts = try JSONDecoder().decode(KernelFacts.self, from: Data(contentsOf: URL(filePath: folder.appending("facts.json").string)))
        #expect(facts.start?.start == restored.startMode)
        #expect(facts.start?.seedBytes == 64)
        #expect((facts.start?.clockBehindSeconds ?? 0) > 1_000_000)
        let console = try String(contentsOfFile: folder.appending("console.log").string, encoding: .utf8)
        #expect(console.contains("Linux version"))
        #expect(console.contains("Power down"))
        let command = try String(contentsOfFile: folder.appending("qemu.json").string, encoding: .utf8)
        #expect(command.contains("-incoming"))
        #expect(!(try FileManager.default.contentsOfDirectory(atPath: folder.string)).contains { $0.hasSuffix(".sock") })
    }

    @Test("is one where others share its boot, or its snapshot is there; else it boots")
    func auto() async throws {
        let bench = try await Bench()
        #expect(try await bench.run("complete", choice: .auto).startMode == .cold(reason: nil))
        #expect(Self.isRestored(try await bench.run("complete", choice: .auto, isShared: true, out: "shared")))
        #expect(Self.isRestored(try await bench.run("complete", choice: .auto, out: "there")))
    }

    @Test(
        "boots when its snapshot fails, says so, and is judged as ever",
        arguments: [
            ("wrong-nonce", "no greeting"), ("no-seed", "could not set its clock or seed"), ("migration-fails", "cannot create a snapshot"),
            ("monitor-refuses", "x-ignore-shared"),
        ])
    func fallback(behaviour: String, words: String) async throws {
        let bench = try await Bench()
        let record = try await bench.run(behaviour, choice: .snapshot)
        guard case .cold(let reason?)? = record.startMode else { Issue.record("\(record.startMode.map { "\($0)" } ?? "")"); return }
        #expect(reason.contains(words), "\(reason)")
        // The stand-in behaves so from snapshots only.
        #expect(record.verdict == .compatible, "\(record.summary)")
        let facts = try JSONDecoder().decode(KernelFacts.self, from: Data(contentsOf: URL(filePath: bench.evidence(record).appending("facts.json").string)))
        #expect(facts.start?.start == record.startMode)
    }

    @Test("whose snapshot fails once is brought back once more")
    func secondChance() async throws {
        let bench = try await Bench()
        let record = try await bench.run("no-seed-once", choice: .snapshot)
        #expect(Self.isRestored(record), "\(record.startMode.map { "\($0)" } ?? "")")
        #expect(record.verdict == .compatible, "\(record.summary)")
        #expect(record.attempts == 1)
    }

    @Test("of which nothing is proven is attempted again by a boot")
    func retried() async throws {
        let bench = try await Bench()
        // Without a client's answer the agent is suspected, which has to be seen twice.
        let record = try await bench.run("unserved", choice: .snapshot, retries: 2)
        #expect(record.attempts == 2)
        guard case .cold(let reason?)? = record.startMode else { Issue.record("\(record.startMode.map { "\($0)" } ?? "")"); return }
        #expect(reason.contains("a cold boot must confirm"))
    }
}

@Suite("Which cells are booted for comparison")
struct SnapshotSampleTests {
    static let ids = (0..<40).map { "micro/6.1.\($0)/unified" }

    @Test("are as many as asked for, and the same each time")
    func count() {
        #expect(SnapshotSample.count(3).of(Self.ids).count == 3)
        #expect(SnapshotSample.count(3).of(Self.ids) == SnapshotSample.count(3).of(Self.ids.reversed()))
        #expect(SnapshotSample.count(100).of(Self.ids) == Self.ids.sorted())
        #expect(SnapshotSample.fraction(0.25).of(Self.ids).count == 10)
        #expect(SnapshotSample.fraction(0.001).of(Self.ids).count == 1)
        #expect(SnapshotSample.fraction(0.5).of([]).isEmpty)
        #expect(Set(SnapshotSample.count(3).of(Self.ids)).isSubset(of: SnapshotSample.count(10).of(Self.ids)))
    }

    @Test("are named by a number or a part", arguments: [("3", SnapshotSample.count(3)), ("0.25", .fraction(0.25)), ("1.0", .fraction(1)), ("1", .count(1))])
    func parsing(text: String, sample: SnapshotSample) { #expect(SnapshotSample(parsing: text) == sample) }

    @Test("are not named by anything else", arguments: ["0", "-1", "1.5", "0.0", "x", "", "nan", "-0.5", "inf"])
    func refused(text: String) { #expect(SnapshotSample(parsing: text) == nil) }
}
