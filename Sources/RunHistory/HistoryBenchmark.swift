import EvidenceStore
import Foundation
import MatrixModel
public import SystemPackage

/// Times the history's questions on runs that are made up: nights of cells, most of which stay as they were.
public struct HistoryBenchmark: Sendable {
    /// How long one question took.
    public struct Figure: Codable, Sendable {
        public let question: String
        public let seconds: Double
    }

    private let folder: FilePath

    /// - Parameter folder: Where runs and databases are made; empty, and the caller's to remove.
    public init(folder: FilePath) { self.folder = folder }

    /// Asks for the runs and for every cell of so many nights.
    public func nights(_ nights: Int, cells: Int) throws -> [Figure] {
        let database = try RunDatabase(at: folder.appending("nights.sqlite"))
        let generator = RunGenerator(cells: cells)
        let recorded = try Self.time("record \(nights) runs of \(cells) cells") {
            for night in 0..<nights { try database.record(generator.run(night), generator.records(night).map(CellOutcome.init), folder: nil) }
        }
        return try [
            recorded,
            Self.time("history: \(nights) runs of \(cells) cells") { try database.runs() },
            Self.time("history '*': all \(cells) cells over \(nights) runs") { try database.cells(matching: CellPattern(parsing: "*")) },
            Self.time("history '*/legacy'") { try database.cells(matching: CellPattern(parsing: "*/legacy")) },
        ]
    }

    /// Compares two runs by their folders and by the history.
    public func comparison(cells: Int) throws -> [Figure] {
        let database = try RunDatabase(at: folder.appending("comparison.sqlite"))
        let generator = RunGenerator(cells: cells)
        var figures: [Figure] = []
        let folders = [0, 1].map { folder.appending("run-\($0)") }
        for (night, path) in folders.enumerated() {
            let (run, records) = (generator.run(night), generator.records(night))
            let place = try RunFolder.create(at: path)
            // Not durably, as a run would: that is the disk's figure.
            for record in records {
                let cell = try place.cell(CellID(stored: record.id))
                try RunFolder.encoder().encode(record).write(to: URL(filePath: cell.file(.verdict).string))
                try Data("{}\n".utf8).write(to: URL(filePath: cell.file(.fabricJournal).string))
            }
            figures.append(try Self.time("seal a run of \(cells) cells") { try place.seal(run, records) })
            figures.append(try Self.time("record a run of \(cells) cells") { try database.record(run, records.map(CellOutcome.init), folder: path) })
        }
        figures.append(try Self.time("diff of two folders of \(cells) cells") {
            let runs = try StoredRun.allIntact(at: folders).map { try $0.get().document.outcomes }
            _ = RunComparison(before: runs[0], after: runs[1])
        })
        figures.append(try Self.time("diff of two recorded runs of \(cells) cells") {
            let runs = try ["previous", "latest"].map { try database.outcomes(of: database.run(named: $0)) }
            _ = RunComparison(before: runs[0], after: runs[1])
        })
        return figures
    }

    private static func time(_ question: String, _ body: () throws -> some Any) rethrows -> Figure {
        let start = ContinuousClock.now
        _ = try body()
        let taken = ContinuousClock.now - start
        return Figure(question: question, seconds: Double(taken.components.seconds) + Double(taken.components.attoseconds) / 1e18)
    }
}

/// Makes up runs: the same for the same night.
private struct RunGenerator {
    let cells: Int

    func run(_ night: Int) -> RunRecord {
        let start = Date(timeIntervalSince1970: 1_767_225_600 + Double(night) * 86_400).formatted(.iso8601)
        var run = RunRecord(id: "night-\(night)", started: start, harness: "0.1.0")
        run.finished = start
        return run
    }

    func records(_ night: Int) -> [CellRecord] {
        (0..<cells).compactMap { index in
            let layouts = CgroupLayout.allCases
            guard let version = try? KernelVersion(numbers: [5 + index % 3, index / layouts.count, 100], revision: "1") else { return nil }
            let kernel = KernelIdentity(version: version, flavour: .cloud, release: "\(version)-cloud-amd64", origin: "made up")
            let cell = Cell(kernel: kernel, cgroup: layouts[index % layouts.count])
            // Neither night nor cell decides alone, so that what changes is spread over both.
            let lot = (index * 7919 + night * 104_729) % 1000
            let judgment =
                switch lot {
                case 0..<10: Judgment(cause: .emulatorHang, summary: "The guest went silent early in its boot.")
                case 10..<30: Judgment(cause: .verifierRejected, summary: "The kernel's verifier refused the program: the loop is not bounded.")
                default:
                    cell.cgroup.cgroup2MountPoint == nil
                        ? Judgment(cause: .attachNoCgroup2, summary: "cgroup v2 is mounted nowhere.")
                        : Judgment(verdict: .compatible, cause: nil, summary: "Every client's request came through the agent.")
                }
            return CellRecord(cell: cell, judgment: judgment, evidence: nil, seconds: [.total: 2.5], attempts: lot % 100 == 0 ? 2 : 1)
        }
    }
}
