import EvidenceStore
import Foundation
import MatrixModel
import Measurements
@testable import RunHistory
import SystemPackage

/// Times the history's questions on runs that are made up: nights of cells, most of which stay as they were.
struct HistoryBenchmark: Sendable {
    /// What one question took.
    struct Figure: Encodable, Sendable {
        let question: String
        let unit: String
        let time: SideBySide

        var ratio: MeasuredRatio { MeasuredRatio("\(question) / \(unit)", time.ratio) }
    }

    private let folder: FilePath
    private let rounds: Int
    private let yardstick = Yardstick()

    /// - Parameters:
    ///   - folder: Where runs and databases are made; empty, and the caller's to remove.
    ///   - rounds: How often each question is timed.
    init(folder: FilePath, rounds: Int) {
        self.folder = folder
        self.rounds = rounds
    }

    /// Asks for the runs and for every cell of so many nights.
    func nights(_ nights: Int, cells: Int) throws -> [Figure] {
        let generator = RunGenerator(cells: cells)
        var database = try RunDatabase(at: folder.appending("nights.sqlite"))
        var made = 0
        let recording = try byYardstick("record \(nights) runs of \(cells) cells") {
            made += 1
            database = try RunDatabase(at: folder.appending("nights-\(made).sqlite"))
            for night in 0..<nights { try database.record(generator.run(night), generator.records(night).map(CellOutcome.init), folder: nil) }
        }
        return try [
            recording,
            byYardstick("history: \(nights) runs of \(cells) cells", repetitions: 10) { _ = try database.runs() },
            byYardstick("history '*': all \(cells) cells over \(nights) runs", repetitions: 5) { _ = try database.cells(matching: CellPattern(parsing: "*")) },
            byYardstick("history '*/legacy'", repetitions: 100) { _ = try database.cells(matching: CellPattern(parsing: "*/legacy")) },
        ]
    }

    /// Compares two runs by their folders and by the history.
    func comparison(cells: Int) throws -> [Figure] {
        let generator = RunGenerator(cells: cells)
        let runs = [0, 1].map { (run: generator.run($0), records: generator.records($0), path: folder.appending("run-\($0)")) }
        let places = try runs.map { run in
            let place = try RunFolder.create(at: run.path)
            // Not durably, as a run would: that is the disk's figure.
            for record in run.records {
                let cell = try place.cell(CellID(stored: record.id))
                try RunFolder.encoder().encode(record).write(to: URL(filePath: cell.file(.verdict).string))
                try Data("{}\n".utf8).write(to: URL(filePath: cell.file(.fabricJournal).string))
            }
            try place.seal(run.run, run.records)
            return place
        }
        let files = try zip(places, runs).map { place, run in try run.records.map { URL(filePath: try place.cell(CellID(stored: $0.id)).file(.verdict).string) }
        }
        var database = try RunDatabase(at: folder.appending("comparison.sqlite"))
        var made = 0
        return try [
            byReading(files[0], "seal a run of \(cells) cells") { try places[0].seal(runs[0].run, runs[0].records) },
            byYardstick("record two runs of \(cells) cells") {
                made += 1
                database = try RunDatabase(at: folder.appending("comparison-\(made).sqlite"))
                for run in runs { try database.record(run.run, run.records.map(CellOutcome.init), folder: run.path) }
            },
            byReading(files.flatMap(\.self), "diff of two folders of \(cells) cells") {
                let outcomes = try StoredRun.allIntact(at: runs.map(\.path)).map { try $0.get().document.outcomes }
                _ = RunComparison(before: outcomes[0], after: outcomes[1])
            },
            byYardstick("diff of two recorded runs of \(cells) cells", repetitions: 10) {
                let outcomes = try ["previous", "latest"].map { try database.outcomes(of: database.run(named: $0)) }
                _ = RunComparison(before: outcomes[0], after: outcomes[1])
            },
        ]
    }

    private func byYardstick(_ question: String, repetitions: Int = 1, _ body: () throws -> Void) throws -> Figure {
        Figure(question: question, unit: "the yardstick", time: try SideBySide(rounds: rounds, repetitions: repetitions, unit: yardstick.run, work: body))
    }

    /// Beside what nothing that reads a run's folder can leave out.
    private func byReading(_ files: [URL], _ question: String, _ body: () throws -> Void) throws -> Figure {
        let reading = { for file in files { _ = try Data(contentsOf: file) } }
        return Figure(question: question, unit: "reading its records", time: try SideBySide(rounds: rounds, unit: reading, work: body))
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
            let judgement =
                switch lot {
                case 0..<10: Judgement(cause: .emulatorHang, summary: "The guest went silent early in its boot.")
                case 10..<30: Judgement(cause: .verifierRejected, summary: "The kernel's verifier refused the program: the loop is not bounded.")
                default:
                    cell.cgroup.cgroup2MountPoint == nil
                        ? Judgement(cause: .attachNoCgroup2, summary: "cgroup v2 is mounted nowhere.")
                        : Judgement(verdict: .compatible, cause: nil, summary: "Every client's request came through the agent.")
                }
            return CellRecord(cell: cell, judgement: judgement, evidence: nil, seconds: [.total: 2.5], attempts: lot % 100 == 0 ? 2 : 1)
        }
    }
}
