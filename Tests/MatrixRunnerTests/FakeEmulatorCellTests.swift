import ArtefactCache
import EvidenceStore
import Foundation
import MatrixModel
import QEMUGuest
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning
@testable import MatrixRunner

/// Whole cells with the stand-in emulator: what a run makes of every way a guest can end.
@Suite("A cell whose guest misbehaves")
struct FakeEmulatorCellTests {
    struct Bench {
        let folder: TemporaryFolder
        let events = EventLog()

        init() throws { folder = try TemporaryFolder() }

        /// Runs a cell whose guest behaves as named.
        func run(_ behaviour: String, retries: Int = 0, timeout: Duration = .seconds(20), out: FilePath? = nil) async throws -> CellRecord {
            let program = try BuiltProgram.path("fake-qemu")
            let products = folder.path.appending("products")
            try StandInProducts.make(in: products)
            let context = CellContext(
                emulator: try await Emulator.find(environment: ["KMATRIX_QEMU": program.string]), accelerator: .tcg,
                products: try Products(folder: products), slots: GuestSlots(cache: ArtefactCache(root: folder.path.appending("cache")), count: 1),
                timeout: timeout, retries: retries, kernelArguments: ["fake=\(behaviour)"],
                events: events.add)
            let planned = try #require(PlanSample.cells([try PlanSample.kernel("6.1.176-1")], try PlanSample.axes([.unified])).first)
            let kernel = PreparedKernel(boot: .elf("/k/vmlinux"), initramfs: "/k/initramfs", modules: nil, config: nil)
            let run = try RunFolder.create(at: out ?? folder.path.appending("run"))
            return try await CellRunner(context: context, folder: run).run(planned, PreparedCell(kernel: kernel, payload: "/k/payload", distribution: nil))
        }

        func evidence(_ record: CellRecord) throws -> FilePath { FilePath(try #require(record.evidence)) }
    }

    @Test(
        "is inconclusive and ours, whatever it did",
        arguments: [
            ("garbage", Cause.protocolViolation), ("oversized", .protocolViolation), ("bad-checksum", .protocolViolation),
            ("wrong-version", .protocolViolation), ("huge-item", .protocolViolation), ("half-frame", .evidenceLost),
            ("exit-early", .evidenceLost), ("exit-code", .emulatorExit), ("flood", .consoleFlood), ("panic", .bootPanic),
        ])
    func ours(behaviour: String, cause: Cause) async throws {
        let record = try await Bench().run(behaviour)
        #expect(record.cause == cause)
        #expect(record.verdict == .inconclusive)
        #expect(record.fault == .harness)
    }

    @Test("is given up when it is silent, and tried again as often as allowed, with every attempt kept")
    func silent() async throws {
        let bench = try Bench()
        let record = try await bench.run("silent", retries: 1, timeout: .seconds(5))
        #expect(record.cause == .emulatorHang)
        #expect(record.attempts == 2)
        let folder = try bench.evidence(record)
        #expect(FileManager.default.fileExists(atPath: folder.appending("attempt-1/qemu.json").string))
        #expect(FileManager.default.fileExists(atPath: folder.appending("qemu.json").string))
        #expect(bench.events.retries == 1)
    }

    @Test("against the agent in a way that chance can bring about is believed when seen twice, and forgotten when not")
    func chance() async throws {
        let bench = try Bench()
        let twice = try await bench.run("unserved", retries: 2)
        #expect(twice.cause == .notForwarded, "\(twice.summary)")
        #expect(twice.attempts == 2)
        let once = try await bench.run("unserved-once", retries: 2, out: bench.folder.path.appending("other"))
        #expect(once.verdict == .compatible, "\(once.summary)")
        #expect(once.attempts == 2)
    }

    @Test("and one that behaves is judged by its scenario, with every request in the journal")
    func behaves() async throws {
        let bench = try Bench()
        let record = try await bench.run("complete")
        #expect(record.verdict == .compatible, "\(record.summary)")
        let folder = try bench.evidence(record)
        let journal = try String(contentsOfFile: folder.appending("fabric.jsonl").string, encoding: .utf8)
        #expect(journal.split(separator: "\n").count == 9)
        #expect(try await bench.run("unattached", out: bench.folder.path.appending("other")).cause == .attachNoCgroup2)
    }

    @Test("has its verdict on disk as it was returned")
    func stored() async throws {
        let bench = try Bench()
        let record = try await bench.run("exit-code")
        let data = try #require(FileManager.default.contents(atPath: bench.evidence(record).appending("verdict.json").string))
        #expect(try JSONDecoder().decode(CellRecord.self, from: data) == record)
    }

    @Test("is believed when its folder is read for a report", arguments: ["complete", "unattached", "exit-code"])
    func reported(behaviour: String) async throws {
        let bench = try Bench()
        let record = try await bench.run(behaviour)
        let folder = RunFolder(path: try bench.evidence(record).removingLastComponent().removingLastComponent())
        try folder.save(RunRecord(id: "r", started: "2026-01-01T00:00:00Z", harness: "0"))
        let read = try StoredRun(reading: folder.path)
        #expect(read.document.cells == [record])
        #expect(read.troubles.isEmpty, "\(read.troubles)")
    }

    @Test("leaves no socket behind")
    func sockets() async throws {
        let bench = try Bench()
        let record = try await bench.run("garbage")
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.evidence(record).string)
        #expect(!names.contains { $0.hasSuffix(".sock") })
    }

    @Test("in a folder that cannot be written is evidence lost, not a verdict")
    func unwritable() async throws {
        let bench = try Bench()
        let out = bench.folder.path.appending("run")
        // A file stands where the cell's folder has to go.
        try FileManager.default.createDirectory(atPath: out.appending("cells").string, withIntermediateDirectories: true)
        let id = try #require(PlanSample.cells([try PlanSample.kernel("6.1.176-1")], try PlanSample.axes([.unified])).first).cell.id
        #expect(FileManager.default.createFile(atPath: out.appending("cells").appending(id.folderName).string, contents: Data()))
        let record = try await bench.run("exit-code", out: out)
        #expect(record.cause == .evidenceLost)
        #expect(record.evidence == nil)
    }
}

/// Remembers what a run told.
final class EventLog: Sendable {
    private let count = Mutex(0)

    @Sendable func add(_ event: RunnerEvent) {
        if case .cellRetried = event { count.withLock { $0 += 1 } }
    }

    var retries: Int { count.withLock { $0 } }
}
