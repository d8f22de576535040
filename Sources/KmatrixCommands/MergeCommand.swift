import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import MatrixReport
import RunHistory
import SystemPackage

/// `kmatrix merge`: joins run folders into one.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Join run folders into one",
        discussion: """
            Copies records and evidence. The same runs in any order give the same bytes. When
            runs disagree about a cell, it becomes inconclusive and both verdicts are kept. A
            damaged folder, or one with changed verdicts, is rejected and nothing is written.

            EXAMPLES
              kmatrix merge runs/nightly runs/part-1 runs/part-2 runs/part-3
              kmatrix merge runs/nightly runs/part-* --format json

            EXIT CODES
              0  every planned cell was run, and all runs agree
              1  runs disagree about a cell; with --exit-code, an unexpected verdict
              2  a folder is not a readable run, or the result cannot be written
              3  a planned cell is missing; with --exit-code, a cell without a verdict
            """)

    @Argument(help: ArgumentHelp("Folder for the merged run", valueName: "out"), completion: .directory)
    var out: String

    @Argument(help: ArgumentHelp("Run folders", valueName: "run"), completion: .directory)
    var runs: [String]

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    @OptionGroup var history: HistoryOptions

    @Flag(help: "Record the merged run in the history")
    var record = false

    @Flag(help: "Exit like run: 1 for an unexpected verdict, 3 for an unproven cell")
    var exitCode = false

    @Option(help: ArgumentHelp("Matrix file with expectations", valueName: "file"), completion: .file(extensions: ["yml", "yaml"]))
    var matrix: String?

    @OptionGroup var expected: ExpectationOptions

    func run() throws {
        let expectations = try expected.load(besides: matrix.map { try MatrixFile(path: $0) }?.expectations)
        let place = WorkingFolder.path(out)
        var stored: [StoredRun] = []
        var isReadable = true
        for result in StoredRun.allIntact(at: runs.map(WorkingFolder.path)) {
            do { stored.append(try result.get()) } catch {
                StandardError.line("error: " + VisibleText.line("\(error)"))
                isReadable = false
            }
        }
        guard isReadable else { throw ExitCodes.usage }
        let merge = try RunMerge(stored)
        let document = try merge.write(to: place)
        for remark in merge.remarks { StandardError.line("warning: " + VisibleText.line(remark)) }
        if record { history.record(document, folder: place) }
        try print(EncodedMerge(merge, document, folder: place.string))
        if !merge.conflicts.isEmpty { throw ExitCodes.againstExpectation }
        if exitCode {
            expectations.explain(document.outcomes)
            let code = ExitCodes.code(for: document.cells, expectations)
            if code != ExitCodes.asExpected { throw code }
        }
        if !merge.missing.isEmpty { throw ExitCodes.notProven }
    }

    private func print(_ merge: EncodedMerge) throws {
        switch format {
        case .json: try StandardOutput.writeJSON(merge)
        case .jsonl:
            for conflict in merge.conflicts { try StandardOutput.writeJSON(["conflict": conflict], isCompact: true) }
            for cell in merge.missing { try StandardOutput.writeJSON(["missing": cell], isCompact: true) }
        case .table:
            let counts = Verdict.allCases.compactMap { verdict in merge.verdicts[verdict.rawValue].map { "\($0) \(verdict.rawValue)" } }
            var lines = [
                "\(merge.run): \(merge.cells) cells of \(merge.runs.count) runs (\(counts.isEmpty ? "none" : counts.joined(separator: ", "))) in "
                    + "\(merge.folder)"
            ]
            lines += merge.conflicts.map { conflict in
                "conflict: \(conflict.id): "
                    + conflict.sides.map { "\($0.verdict.rawValue)\($0.cause.map { " " + $0 } ?? "") in run \($0.run)" }.joined(separator: ", ")
            }
            lines += merge.missing.map { "missing: \($0)" }
            StandardOutput.write(lines.map { VisibleText.line($0) }.joined(separator: "\n") + "\n")
        }
    }
}

/// The result of a merge, as it is printed.
private struct EncodedMerge: Encodable {
    struct Conflict: Encodable {
        struct Side: Encodable {
            let run: String
            let verdict: Verdict
            let cause: String?
        }

        let id: String
        let sides: [Side]
    }

    let run: String
    let folder: String
    /// The ids of the runs that were merged.
    let runs: [String]
    let cells: Int
    let verdicts: [String: Int]
    let conflicts: [Conflict]
    let missing: [String]

    init(_ merge: RunMerge, _ document: RunDocument, folder: String) {
        run = document.run.id
        self.folder = folder
        runs = document.run.merged ?? []
        cells = document.cells.count
        verdicts = Dictionary(grouping: document.cells, by: \.verdict.rawValue).mapValues(\.count)
        conflicts = merge.conflicts.map { conflict in
            Conflict(id: conflict.id, sides: conflict.sides.map { Conflict.Side(run: $0.run, verdict: $0.verdict, cause: $0.cause?.rawValue) })
        }
        missing = merge.missing
    }
}
