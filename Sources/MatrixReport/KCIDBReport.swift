import EvidenceStore
import Foundation
import MatrixModel

/// A run in the format of the kernel developers' report database (KCIDB I/O schema 5.3). Kernels are builds. Cells and their proofs are
/// tests, with a proof's path below its cell's. A cause is an issue with one incident per test. A cell without a kernel has no build and is
/// left out.
struct KCIDBReport: Encodable {
    private struct Version: Encodable {
        let major = 5
        let minor = 3
    }

    private struct Checkout: Encodable {
        let id: String
        let origin = KCIDBReport.origin
        let comment: String
        let valid = true
    }

    private struct Build: Encodable {
        let id: String
        let checkout_id: String
        let origin = KCIDBReport.origin
        let architecture: String
        let config_name: String
        let comment: String
        let status = "PASS"
    }

    private struct Environment: Encodable {
        let comment: String
        let misc: [String: String]
    }

    private struct Test: Encodable {
        let id: String
        let build_id: String
        let origin = KCIDBReport.origin
        let path: String
        let status: String
        let comment: String
        let start_time: String?
        let duration: Double?
        let environment: Environment
        let log_excerpt: String?
        let misc: [String: String]
    }

    private struct Culprit: Encodable {
        let code: Bool
        let tool: Bool
        let harness: Bool
    }

    private struct Issue: Encodable {
        let id: String
        let version = 1
        let origin = KCIDBReport.origin
        let comment: String
        let culprit: Culprit
    }

    private struct Incident: Encodable {
        let id: String
        let origin = KCIDBReport.origin
        let issue_id: String
        let issue_version = 1
        let test_id: String
        let present = true
    }

    private static let origin = "kmatrix"
    /// The schema's limit.
    private static let excerptLimit = 16384

    private let version = Version()
    private let checkouts: [Checkout]
    private let builds: [Build]
    private let tests: [Test]
    private let issues: [Issue]
    private let incidents: [Incident]

    init(_ run: StoredRun, notes: CauseNotes) {
        let document = run.published
        let cells = zip(document.cells, run.document.cells).filter { $0.0.kernel != nil }
        var seen: Set<String> = []
        checkouts = cells.map { Self.checkout($0.0) }.filter { seen.insert($0.id).inserted }
        builds = cells.map { Self.build($0.0) }.filter { seen.insert($0.id).inserted }
        tests = cells.flatMap { cell, stored in
            [Self.test(cell, run: document.run, evidence: run.evidence(of: stored))]
                + Self.distinct(cell.proofs).map { Self.test($0, of: cell, run: document.run) }
        }
        let explained = cells.flatMap { cell, _ in
            let test = Self.testID(cell, run: document.run)
            return ([(test, cell.cause)] + Self.distinct(cell.proofs).map { (Self.testID($0, of: cell, run: document.run), $0.cause) }).compactMap {
                id, cause in
                cause.map { (id, $0) }
            }
        }
        issues = Set(explained.map(\.1)).sorted { $0.rawValue < $1.rawValue }.map { Self.issue($0, notes) }
        incidents = explained.map { test, cause in
            Incident(id: "\(test):\(cause.rawValue)", issue_id: "\(Self.origin):\(cause.rawValue)", test_id: test)
        }
    }

    func render() throws -> [UInt8] { Array(try RunFolder.encoder().encode(self)) + [UInt8(ascii: "\n")] }

    private static func checkout(_ cell: CellRecord) -> Checkout {
        Checkout(id: checkoutID(cell), comment: line("\(cell.kernel ?? "") of \(cell.origin ?? "unknown origin")"))
    }

    private static func build(_ cell: CellRecord) -> Build {
        Build(
            id: buildID(cell), checkout_id: checkoutID(cell), architecture: cell.architecture.rawValue,
            config_name: line(cell.flavour), comment: line(cell.release ?? ""))
    }

    private static func issue(_ cause: Cause, _ notes: CauseNotes) -> Issue {
        let culprit = Culprit(code: cause.fault == .kernel, tool: cause.fault == .agent || cause.fault == .configuration, harness: cause.fault == .harness)
        return Issue(id: "\(origin):\(cause.rawValue)", comment: line(notes.note(on: cause).title), culprit: culprit)
    }

    private static func test(_ cell: CellRecord, run: RunRecord, evidence: CellFolder?) -> Test {
        let log = cell.verdict == .compatible ? nil : evidence?.excerpt(of: .verifierLog, head: 0, tail: excerptLimit / 2)
        var misc = ["verdict": cell.verdict.rawValue, "cgroup": cell.cgroup.rawValue, "documented": cell.expectation.rawValue, "attempts": "\(cell.attempts)"]
        misc["cause"] = cell.cause?.rawValue
        misc["proof_tier"] = cell.tier?.rawValue
        misc["burst_clients"] = cell.burst.map { "\($0)" }
        misc["evidence"] = cell.evidence.map(line)
        let excerpt = log.map { String(VisibleText.of($0.head + $0.tail).prefix(excerptLimit)) }
        return Test(
            id: testID(cell, run: run), build_id: buildID(cell), path: path(cell),
            status: status(cell.verdict), comment: line(cell.summary), start_time: Timestamp(run.started)?.text,
            duration: cell.seconds[.total].map(Figure.seconds), environment: environment(cell, run), log_excerpt: excerpt, misc: misc)
    }

    /// A test of its own for each proof. It has no time, because proofs share their cell's.
    private static func test(_ proof: ProofResult, of cell: CellRecord, run: RunRecord) -> Test {
        var misc = ["state": proof.state.rawValue, "proof": line(proof.id.rawValue), "weight": proof.weight.rawValue]
        misc["cause"] = proof.cause?.rawValue
        misc["blocked_by"] = proof.blockedBy.map { line($0.rawValue) }
        misc["known_defect"] = proof.knownDefect.map { line("\($0.reason) (\($0.reference)), until \($0.until)") }
        let quotes = proof.findings.map { "\(VisibleText.line($0.source, limit: 64)): \(line($0.quote))" }.joined(separator: "\n")
        return Test(
            id: testID(proof, of: cell, run: run), build_id: buildID(cell), path: "\(path(cell)).\(word(proof.id.rawValue, also: "-_"))",
            status: status(proof.state),
            comment: line(proof.summary), start_time: Timestamp(run.started)?.text, duration: nil, environment: environment(cell, run),
            log_excerpt: quotes.isEmpty ? nil : String(quotes.prefix(excerptLimit)), misc: misc)
    }

    /// Ids must be unique, and a stored record may repeat a proof.
    private static func distinct(_ proofs: [ProofResult]) -> [ProofResult] {
        var seen: Set<ProofID> = []
        return proofs.filter { seen.insert($0.id).inserted }
    }

    private static func status(_ state: ProofState) -> String {
        switch state {
        case .pass: "PASS"
        case .fail: "FAIL"
        case .unproven: "ERROR"
        case .notReached: "MISS"
        case .notApplicable: "SKIP"
        }
    }

    private static func environment(_ cell: CellRecord, _ run: RunRecord) -> Environment {
        Environment(comment: line(Matrix.Row(cell).title), misc: ["harness": line(run.harness), "accelerator": line(run.accelerator ?? "none")])
    }

    private static func path(_ cell: CellRecord) -> String { "azure_proxy_agent.\(word(cell.guest, also: "-_")).\(cell.cgroup.rawValue)" }

    private static func status(_ verdict: Verdict) -> String {
        switch verdict {
        case .compatible: "PASS"
        case .degraded, .incompatible: "FAIL"
        case .inconclusive: "ERROR"
        case .unavailable: "SKIP"
        case .notRun: "MISS"
        }
    }

    private static func line(_ text: String) -> String { VisibleText.line(text) }

    /// Keeps the characters that the schema allows in paths and names.
    private static func word(_ text: String, also: String) -> String {
        let kept = text.map { $0.isASCII && ($0.isLetter || $0.isNumber || also.contains($0)) ? $0 : "_" }
        return kept.isEmpty ? "_" : String(kept.prefix(128))
    }

    private static func checkoutID(_ cell: CellRecord) -> String { "\(origin):\(line(cell.kernel ?? ""))" }
    private static func buildID(_ cell: CellRecord) -> String { "\(origin):\(line(cell.kernel ?? ""))/\(line(cell.flavour))/\(cell.architecture)" }
    private static func testID(_ cell: CellRecord, run: RunRecord) -> String { "\(origin):\(line(run.id)):\(line(cell.id))" }
    private static func testID(_ proof: ProofResult, of cell: CellRecord, run: RunRecord) -> String { "\(testID(cell, run: run)):\(line(proof.id.rawValue))" }
}
