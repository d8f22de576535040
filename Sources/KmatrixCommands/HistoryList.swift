import ArgumentParser
import MatrixModel
import MatrixReport
import RunHistory

/// `kmatrix history list`: runs, or cells over time.
struct HistoryList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List runs, or the verdicts of cells (default command)",
        discussion: """
            Lists runs; with a pattern, a cause, a proof or --flaky, cells: one line per
            stretch of runs with the same verdict, or the same state of the proof. A flaky
            cell needed a retry or was inconclusive.

            EXAMPLES
              kmatrix history
              kmatrix history 'micro/6.1*' --since 2026-09-01
              kmatrix history --cause verifier-rejected --format json
              kmatrix history '*/unified' --proof dual-stack
            """)

    @Argument(help: ArgumentHelp("Cell ids: * is any text, ? is one character", valueName: "cell-pattern"))
    var pattern: String?

    @Option(help: ArgumentHelp("Only cells that had this cause", valueName: "code"), transform: Self.cause)
    var cause: Cause?

    @Option(help: ArgumentHelp("States of this proof instead of verdicts", valueName: "proof"), transform: Self.proof)
    var proof: ProofID?

    @Flag(help: "Only flaky cells, worst first")
    var flaky = false

    @Option(help: ArgumentHelp("Only runs since a day (2026-09-01) or the last 30d", valueName: "day"))
    var since: SinceArgument?

    @OptionGroup var history: HistoryOptions

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func validate() throws { _ = try cellPattern() }

    func run() throws {
        let database = try history.openExisting()
        if pattern == nil, cause == nil, proof == nil, !flaky {
            try print(runs: database?.runs(since: since?.moment) ?? [])
        } else {
            var cells = try database?.cells(matching: cellPattern(), cause: cause, proof: proof, since: since?.moment) ?? []
            if flaky {
                cells = cells.filter { $0.flaky > 0 }.enumerated().sorted { one, other in
                    let (left, right) = (one.element.flakeRate ?? 0, other.element.flakeRate ?? 0)
                    return left != right ? left > right : one.offset < other.offset
                }.map(\.element)
            }
            try print(cells: cells)
        }
    }

    @Sendable private static func cause(_ text: String) throws -> Cause {
        guard let cause = Cause(rawValue: text) else {
            throw ValidationError("unknown cause '\(text)'; known are \(Cause.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return cause
    }

    @Sendable private static func proof(_ text: String) throws -> ProofID {
        let proof = ProofID(rawValue: text)
        guard proof.isKnown else { throw ValidationError("unknown proof '\(text)'; known are \(ProofID.known.map(\.rawValue).joined(separator: ", "))") }
        return proof
    }

    private func cellPattern() throws -> CellPattern? {
        do { return try pattern.map { text throws(SelectorError) in try CellPattern(parsing: text) } } catch { throw ValidationError("\(error)") }
    }

    private func print(runs: [HistoricRun]) throws {
        let encoded = runs.map(EncodedHistoricRun.init)
        switch format {
        case .json: try StandardOutput.writeJSON(["runs": encoded])
        case .jsonl: for run in encoded { try StandardOutput.writeJSON(run, isCompact: true) }
        case .table:
            let rows =
                [["run", "started", "cells", "verdicts", "retried"]]
                + runs.map { run in
                    let counts = Verdict.allCases.compactMap { verdict in run.verdicts[verdict].map { "\($0) \(verdict.rawValue)" } }
                    let verdicts = counts.joined(separator: ", ") + (run.finished == nil ? " (incomplete)" : "")
                    return [VisibleText.line(run.id), run.started, "\(run.cells)", verdicts.isEmpty ? "none" : verdicts, "\(run.retried)"]
                }
            StandardOutput.write(TextColumns.render(rows) + "\n")
        }
    }

    private func print(cells: [CellHistory]) throws {
        let encoded = cells.map(EncodedCellHistory.init)
        switch format {
        case .json: try StandardOutput.writeJSON(["cells": encoded])
        case .jsonl: for cell in encoded { try StandardOutput.writeJSON(cell, isCompact: true) }
        case .table:
            var rows = [["cell", "flaky", proof == nil ? "verdict" : "state", "burst", "runs", "since", "last run"]]
            for cell in cells {
                for (index, streak) in cell.streaks.enumerated() {
                    let verdict = streak.proof?.rawValue ?? [streak.verdict.rawValue, streak.cause].compactMap(\.self).joined(separator: " ")
                    let isFirst = index == 0
                    rows.append([
                        isFirst ? VisibleText.line(cell.id) : "", isFirst ? "\(cell.flaky) of \(cell.tried)" : "", VisibleText.line(verdict),
                        streak.burst.map { "\($0)" } ?? "-",
                        "\(streak.runs)", String(streak.since.prefix(10)), VisibleText.line(streak.lastRun),
                    ])
                }
            }
            StandardOutput.write(TextColumns.render(rows) + "\n")
        }
    }
}
