import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import MatrixReport
import MatrixRunner
import SystemPackage

/// `kmatrix judge`: judges stored evidence by today's rules.
struct JudgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge",
        abstract: "Judge stored evidence by today's rules",
        discussion: """
            Compares every verdict and proof with its record. Boots nothing and changes no
            file. A cell without attempt.json (never measured, or recorded before there were
            proofs) cannot be judged again.

            EXAMPLES
              kmatrix judge runs/nightly
              kmatrix judge runs/nightly --all --format json

            EXIT CODES
              0  every judged cell has the recorded verdict and proofs
              1  a cell differs
              2  the folder is not a readable run
              3  no cell could be judged
            """)

    @Argument(help: ArgumentHelp("Run folder", valueName: "run"), completion: .directory)
    var folder: String

    @Flag(help: "List unchanged cells too")
    var all = false

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() throws {
        let stored: StoredRun
        do { stored = try StoredRun(reading: FilePath(folder)) } catch { throw ValidationError("\(error)") }
        let cells = stored.document.cells.map { Rejudged($0, stored.evidence(of: $0)) }
        let shown = all ? cells : cells.filter { $0.outcome != .same }
        switch format {
        case .json: try StandardOutput.writeJSON(["cells": shown])
        case .jsonl: for cell in shown { try StandardOutput.writeJSON(cell, isCompact: true) }
        case .table: StandardOutput.write(Self.table(shown, of: cells))
        }
        if cells.contains(where: { $0.outcome == .changed }) { throw ExitCodes.againstExpectation }
        if !cells.contains(where: { $0.outcome == .same }) { throw ExitCodes.notProven }
    }

    private static func table(_ shown: [Rejudged], of cells: [Rejudged]) -> String {
        let counts = Rejudged.Outcome.allCases.map { outcome in "\(cells.count { $0.outcome == outcome }) \(outcome.rawValue)" }
        return (shown.flatMap(\.lines) + [counts.joined(separator: ", ")]).map { VisibleText.line($0) }.joined(separator: "\n") + "\n"
    }
}

/// One cell as recorded and as judged today.
struct Rejudged: Encodable {
    enum Outcome: String, CaseIterable, Encodable {
        case same, changed
        case notJudged = "not-judged"
    }

    /// A proof whose state is another one today; null where there was no such proof, or is none.
    struct ChangedProof: Encodable {
        let id: ProofID
        let recorded: ProofState?
        let today: ProofState?
    }

    let id: String
    let outcome: Outcome
    let recorded: Verdict
    let today: Verdict?
    let cause: Cause?
    /// Of the verdict of today, or why there is none.
    let summary: String
    let proofs: [ChangedProof]

    init(_ record: CellRecord, _ place: CellFolder?) {
        id = record.id
        recorded = record.verdict
        do throws(StoredEvidence.Unreadable) {
            guard let place, record.attempts > 0 else { throw StoredEvidence.Unreadable("it was never measured") }
            let found = try StoredEvidence(in: place)
            let before = Dictionary(record.proofs.map { ($0.id, $0.state) }, uniquingKeysWith: { first, _ in first })
            let after = Dictionary(found.proofs.map { ($0.id, $0.state) }, uniquingKeysWith: { first, _ in first })
            proofs = Set(before.keys).union(after.keys).sorted().filter { before[$0] != after[$0] }.map {
                ChangedProof(id: $0, recorded: before[$0], today: after[$0])
            }
            today = found.judgement.verdict
            cause = found.judgement.cause
            summary = found.judgement.summary
            outcome = found.judgement.verdict == record.verdict && found.judgement.cause == record.cause && proofs.isEmpty ? .same : .changed
        } catch {
            (outcome, today, cause, summary, proofs) = (.notJudged, nil, nil, error.description, [])
        }
    }

    var lines: [String] {
        switch outcome {
        case .notJudged: return ["\(id): not judged: \(summary)"]
        case .same: return ["\(id): \(recorded.rawValue), as recorded"]
        case .changed:
            let causes = cause.map { " (\($0.rawValue))" } ?? ""
            let changes = proofs.map { "    \($0.id): \($0.recorded?.rawValue ?? "none") -> \($0.today?.rawValue ?? "none")" }
            return ["\(id): \(recorded.rawValue) -> \(today?.rawValue ?? "none")\(causes)", "    \(summary)"] + changes
        }
    }
}
