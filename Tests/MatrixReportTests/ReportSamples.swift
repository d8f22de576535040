import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import MatrixReport

/// Cells as a run leaves them.
enum ReportSamples {
    static let summary = "Every client's request came through the agent."

    static func kernel(_ version: String, flavour: String = "cloud-amd64") throws -> KernelIdentity {
        let version = try KernelVersion(parsing: version)
        return KernelIdentity(
            version: version, flavour: try KernelFlavour(parsing: flavour), release: "\(version.series).0-\(flavour)", origin: "debian/bookworm")
    }

    static func record(
        _ version: String, _ layout: CgroupLayout, cause: Cause? = nil, guest: String = "micro", profile: String? = nil, deployment: String? = nil,
        bpf: String? = nil, summary: String = summary, provisioning: DeploymentFinding? = nil, attempts: Int = 1, boot: Double = 2.1
    ) throws -> CellRecord {
        let judgement =
            cause.map { Judgement(cause: $0, summary: summary, findings: [Finding(source: "status.json", quote: summary)]) }
            ?? Judgement(verdict: .compatible, cause: nil, summary: summary)
        return CellRecord(
            cell: Cell(guest: guest, kernel: try kernel(version), cgroup: layout, profile: profile, deployment: deployment, bpf: bpf), judgement: judgement,
            provisioning: provisioning, evidence: "cells/x", seconds: [.boot: boot, .deploy: 0.5, .total: boot + 1.2], attempts: attempts)
    }

    static func run(_ id: String = "20260101T000000Z-a", started: String = "2026-01-01T00:00:00Z") -> RunRecord {
        var run = RunRecord(id: id, started: started, harness: "0.1.0")
        run.finished = "2026-01-01T00:10:00Z"
        run.accelerator = "tcg"
        return run
    }

    /// Some of everything.
    static func cells() throws -> [CellRecord] {
        let row = DeploymentFinding(
            row: 3, cloudInit: "22.4.2-1", documented: "ready, perhaps before the agent has the key", platformSaw: "ready, not recorded", matches: true)
        return CellOrder.sorted([
            try record("5.10.223-1", .unified), try record("5.10.223-1", .legacy, cause: .attachNoCgroup2, summary: "cgroup v2 is mounted nowhere"),
            CellRecord(
                unavailable: AskedCell(try KernelSelector(parsing: "5.15"), CellAxes(cgroup: .unified)),
                judgement: Judgement(cause: .notOffered, summary: "nobody offers 5.15")),
            try record("6.1.176-1", .unified, boot: 1.9), try record("6.1.176-1", .hybrid, cause: .emulatorHang, summary: "the guest went silent", attempts: 3),
            try record("5.10.223-1", .unified, cause: .verifierRejected, bpf: "loop-lookup", summary: "invalid func unknown#186"),
            try record("6.1.176-1", .unified, guest: "debian-12", boot: 7.5),
            try record("6.1.176-1", .legacy, cause: .attachNoCgroup2, guest: "debian-12", summary: "cgroup v2 is mounted nowhere", boot: 7.8),
            try record("6.1.176-1", .unified, cause: .verifierRejected, guest: "debian-12", profile: "lockdown-confidentiality", summary: "refused"),
            try record(
                "6.1.176-1", .unified, cause: .readyWithoutKey, guest: "debian-12", deployment: "installed",
                summary: "ready before the "
                    + "key", provisioning: row),
        ])
    }

    // MARK: - Proofs

    static func proof(
        _ id: ProofID, _ state: ProofState = .pass, cause: Cause? = nil, weight: ProofResult.Weight = .essential, blockedBy: ProofID? = nil,
        known: KnownDefect? = nil
    ) -> ProofResult {
        ProofResult(
            id: id, weight: weight, state: state, cause: cause, summary: state == .pass ? "Seen." : "\(id): this was seen.",
            findings: state == .fail ? [Finding(source: "fabric.jsonl", quote: "what \(id) rests on")] : [], blockedBy: blockedBy, knownDefect: known)
    }

    static func proven(_ version: String, _ layout: CgroupLayout, guest: String = "micro", agent: String? = nil, _ proofs: [ProofResult]) throws -> CellRecord {
        CellRecord(
            cell: Cell(guest: guest, kernel: try kernel(version), cgroup: layout, agent: agent), judgement: Judgement(proofs: proofs), proofs: proofs,
            evidence: "cells/x",
            seconds: [.boot: 0.2, .total: 6.1], attempts: 1)
    }

    static func knownDefect() throws -> KnownDefect {
        KnownDefect(
            proof: .identityUserNotGroup, reason: "root is taken from the group id", reference: "https://example.org/issues/7",
            until: try CalendarDay(parsing: "2027-01-31"))
    }

    /// Cells with proofs of every state, and one whose record has none.
    static func provenCells() throws -> [CellRecord] {
        let known = try knownDefect()
        return CellOrder.sorted([
            try proven(
                "5.10.223-1", .unified,
                [proof(.load), proof(.attach), proof(.keyLatched), proof(.dualStack, weight: .lesser), proof(.provisioned, .notApplicable)]),
            try proven(
                "5.10.223-1", .legacy,
                [
                    proof(.load), proof(.attach, .fail, cause: .attachNoCgroup2), proof(.keyLatched, .notReached, blockedBy: .attach),
                    proof(.dualStack, .notReached, weight: .lesser, blockedBy: .attach), proof(.provisioned, .notApplicable),
                ]),
            try proven(
                "6.1.176-1", .unified,
                [
                    proof(.load), proof(.attach), proof(.keyLatched), proof(.dualStack, .fail, cause: .dualStackNotRedirected, weight: .lesser),
                    proof(.identityUserNotGroup, .fail, cause: .misattributed, weight: .lesser, known: known), proof(.provisioned, .notApplicable),
                ]),
            try proven(
                "6.1.176-1", .hybrid,
                [
                    proof(.load), proof(.attach), proof(.keyLatched), proof(.identityUserNotGroup, .fail, cause: .misattributed, weight: .lesser, known: known),
                ]),
            try proven(
                "6.1.176-1", .unified, guest: "debian-12",
                [
                    proof(.load), proof(.attach), proof(.keyLatched), proof(.burst, .unproven, cause: .timeout), proof(.provisioned),
                ]),
            try record("6.12.1-1", .unified),
        ])
    }

    static func provenDocument() throws -> RunDocument { RunDocument(run: run(), cells: try provenCells()) }

    static func document() throws -> RunDocument { RunDocument(run: run(), cells: try cells()) }
}

extension CauseNotes {
    static let unwritten = CauseNotes { cause, _ in Note(title: "About \(cause.rawValue)") }
}

/// A run on disk, with what guests really printed as its evidence.
final class StoredSample {
    let folder: RunFolder
    let place: FilePath
    private let scratch: TemporaryFolder

    static let captured = Repository.root.appending(path: "Tests/ProbesTests/Evidence")

    /// - Parameter planned: Cells that were to run as well and left nothing.
    init(_ cells: [CellRecord], run: RunRecord = ReportSamples.run(), planned: [CellRecord] = []) throws {
        scratch = try TemporaryFolder()
        place = scratch.path
        folder = try RunFolder.create(at: place.appending("run"))
        try folder.save(run)
        try folder.savePlan(planned + cells.filter { $0.verdict == .unavailable })
        for cell in cells where cell.verdict != .unavailable { try store(cell) }
    }

    func folder(of cell: CellRecord) throws -> CellFolder { try folder.cell(CellID(stored: cell.id)) }

    private func store(_ cell: CellRecord) throws {
        let place = try folder(of: cell)
        var stored = cell
        stored.evidence = place.path.string
        try place.save(stored, to: .verdict)
        let source =
            switch cell.cause {
            case .verifierRejected: "5.10-return-value"
            case .emulatorHang: "panic-no-init"
            default: "6.1-legacy"
            }
        for file in [EvidenceFile.console, .status, .verifierLog] {
            guard let data = try? Data(contentsOf: Self.captured.appending(path: "\(source)/\(file.rawValue)")) else { continue }
            try place.write(data, to: file)
        }
        try place.write(Array(#"{"method":"GET","path":"/metadata/instance","status":200}"#.utf8), to: .fabricJournal)
        try place.write(Array(#"{"release":"6.1.0","hasBTF":true,"mounts":["a","b"],"configuration":{"CONFIG_BPF":"y"}}"#.utf8), to: .facts)
    }

    func read() throws -> StoredRun { try StoredRun(reading: folder.path) }

    func report(notes: CauseNotes = .unwritten, earlier: [StoredRun] = []) throws -> PublishedReport {
        try #require(PublishedReport([try read()] + earlier, notes: notes))
    }
}
