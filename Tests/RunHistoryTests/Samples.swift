import EvidenceStore
import Foundation
import MatrixModel
import RunHistory
import SystemPackage
import TestSupport

/// Runs of a few cells, a day apart.
enum Samples {
    static func run(_ day: Int, id: String? = nil) -> RunRecord {
        let stamp = "2026-01-\(day < 10 ? "0" : "")\(day)T00:00:00Z"
        var run = RunRecord(id: id ?? "night-\(day)", started: stamp, harness: "0.1.0")
        run.finished = stamp
        run.accelerator = "tcg"
        return run
    }

    static func cell(_ id: String, _ verdict: Verdict = .compatible, _ cause: Cause? = nil, attempts: Int = 1, summary: String = "s") -> CellOutcome {
        CellOutcome(id: id, lineage: "l/" + id, verdict: verdict, cause: cause?.rawValue, summary: summary, documented: .supported, attempts: attempts)
    }

    static func withDatabase(_ body: (RunDatabase) throws -> Void) throws {
        try TemporaryFolder.during { try body(RunDatabase(at: $0.appending("history.sqlite"))) }
    }
}
