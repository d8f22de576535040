import EvidenceStore
import Foundation
import MatrixModel
import Testing

@testable import MatrixReport

/// Cells of whole distributions, with what is documented of them.
enum DistributionSamples {
    static func claim(_ source: String, _ says: DocumentedClaim.Support) throws -> DocumentedClaim {
        DocumentedClaim(
            source: source, title: "the \(source)", date: try CalendarDay(parsing: "2026-06-24"), address: "https://example.invalid/\(source)",
            subject: "debian-12", says: says)
    }

    static func record(
        _ version: String, _ layout: CgroupLayout, cause: Cause? = nil, guest: String = "debian-12", standard: CgroupLayout? = .unified, ownKernel: Bool = true,
        claims: [DocumentedClaim] = [], agent: String? = nil, architecture: Architecture = .unnamed
    ) throws -> CellRecord {
        var record = try ReportSamples.record(version, layout, cause: cause, guest: guest)
        record.subject = .cell(Cell(guest: guest, kernel: try ReportSamples.kernel(version), architecture: architecture, cgroup: layout, agent: agent))
        record.documentation = CellDocumentation(distribution: guest, defaultLayout: standard, hasOwnKernel: ownKernel, claims: claims)
        return record
    }

    static func document(_ cells: [CellRecord], day: Int = 1) -> RunDocument {
        RunDocument(run: ReportSamples.run("2026010\(day)T000000Z-a", started: "2026-01-0\(day)T00:00:00Z"), cells: cells)
    }
}

@Suite("The support of a distribution")
struct DistributionSupportTests {
    private typealias Samples = DistributionSamples

    private func only(_ runs: [RunDocument]) throws -> DistributionSupport {
        let all = DistributionSupport.all(runs)
        #expect(all.count == 1)
        return try #require(all.first)
    }

    @Test("is about the layout that it boots with: a failure in another one changes nothing")
    func asShipped() throws {
        let cells = [
            try Samples.record("6.1.1-1", .unified), try Samples.record("6.1.1-1", .legacy, cause: .attachNoCgroup2),
            try Samples.record("6.1.1-1", .hybrid, cause: .layoutNotOffered),
        ]
        let support = try only([Samples.document(cells)])
        #expect(support.shipped?.level == .supported && support.works == true)
        #expect(support.others.map(\.layout) == [.hybrid, .legacy] && support.others.map(\.level) == [.absent, .unsupported])
        #expect(support.others.last?.cause == .attachNoCgroup2)
        #expect(SupportOverview.byGuest(cells).lines.map(\.words) == ["supported"])
    }

    @Test("is not won by a layout that it does not boot with, nor by another's kernel")
    func notAsShipped() throws {
        let legacy = try only([
            Samples.document([
                try Samples.record("4.18.1-1", .legacy, cause: .attachNoCgroup2, standard: .legacy),
                try Samples.record("4.18.1-1", .unified, standard: .legacy),
            ])
        ])
        #expect(legacy.shipped?.level == .unsupported && legacy.works == false && legacy.others.map(\.level) == [.supported])
        let foreign = try only([
            Samples.document([
                try Samples.record("6.1.1-1", .unified, cause: .verifierRejected), try Samples.record("6.12.1-1", .unified, ownKernel: false),
            ])
        ])
        #expect(foreign.shipped?.kernel == "6.1.1-1" && foreign.works == false)
        let unknown = try only([Samples.document([try Samples.record("6.1.1-1", .unified, standard: nil)])])
        #expect(unknown.shipped == nil && unknown.works == nil && unknown.others.map(\.level) == [.supported])
    }

    @Test("names known defects where nothing else fails")
    func knownDefects() throws {
        let known = ReportSamples.proof(.identityUserNotGroup, .fail, cause: .misattributed, weight: .lesser, known: try ReportSamples.knownDefect())
        let other = ReportSamples.proof(.dualStack, .fail, cause: .dualStackNotRedirected, weight: .lesser)
        func words(_ proofs: [ProofResult]) throws -> String? {
            var cell = try ReportSamples.proven("6.1.1-1", .unified, guest: "debian-12", [ReportSamples.proof(.load)] + proofs)
            cell.documentation = CellDocumentation(distribution: "debian-12", defaultLayout: .unified, hasOwnKernel: true, claims: [])
            return try only([Samples.document([cell])]).shipped?.words
        }
        #expect(try words([known]) == "partly (known defects only)" && words([known, other]) == "partly" && words([]) == "supported")
    }

    @Test(
        "that nothing proves is unknown, and that does not exist is absent",
        arguments: [
            (Cause.timeout, SupportStatement.Level.unknown), (.imageNotBuilt, .absent),
        ])
    func unproven(cause: Cause, level: SupportStatement.Level) throws {
        let support = try only([Samples.document([try Samples.record("6.1.1-1", .unified, cause: cause, claims: [try Samples.claim("gate", .unsupported)])])])
        #expect(support.shipped?.level == level && support.works == nil)
        #expect(support.agreement == .unknown && support.since == nil && support.lastProven == nil)
    }

    @Test(
        "is compared with every source that says something about today",
        arguments: [
            ([("readme", DocumentedClaim.Support.supported), ("overview", .planned)], nil, DistributionSupport.Agreement.agrees),
            ([("gate", .unsupported)], nil, .contradicts),
            ([("gate", .unsupported)], .verifierRejected, .agrees), ([("tests", .tested)], .verifierRejected, .contradicts),
            ([("article", .supported), ("gate", .unsupported)], nil, .differs(right: ["article"], wrong: ["gate"])),
            ([("article", .supported), ("gate", .unsupported)], .noBTF, .differs(right: ["gate"], wrong: ["article"])),
            ([("overview", .planned)], nil, .undocumented), ([], nil, .undocumented),
        ] as [([(String, DocumentedClaim.Support)], Cause?, DistributionSupport.Agreement)])
    func agreement(claims: [(String, DocumentedClaim.Support)], cause: Cause?, expected: DistributionSupport.Agreement) throws {
        let claims = try claims.map { try Samples.claim($0.0, $0.1) }
        #expect(try only([Samples.document([try Samples.record("6.1.1-1", .unified, cause: cause, claims: claims)])]).agreement == expected)
    }

    @Test("holds since the oldest build from which on nothing changed, whatever the order of the runs")
    func since() throws {
        let runs = [
            Samples.document([try Samples.record("6.1.9-1", .unified), try Samples.record("6.1.10-1", .unified)], day: 4),
            Samples.document([try Samples.record("6.1.8-1", .unified, cause: .verifierRejected)], day: 3),
            // The same build, doubted by a later run.
            Samples.document([try Samples.record("6.1.9-1", .unified, cause: .timeout)], day: 2),
            Samples.document([try Samples.record("6.1.7-1", .unified)], day: 1),
        ]
        for order in [runs, runs.reversed()] {
            #expect(try only(order).since == DistributionSupport.Onset(kernel: "6.1.9-1", isOldestMeasured: false))
        }
        #expect(try only([runs[0]]).since == DistributionSupport.Onset(kernel: "6.1.9-1", isOldestMeasured: true))
        #expect(try only([runs[1], runs[3]]).since == DistributionSupport.Onset(kernel: "6.1.8-1", isOldestMeasured: false))
    }

    @Test("was last proven on the day of the run that measured it")
    func lastProven() throws {
        let proven = Samples.document([try Samples.record("6.1.1-1", .unified)], day: 2)
        let doubted = Samples.document([try Samples.record("6.1.1-1", .unified, cause: .timeout)], day: 3)
        let support = try only([proven, doubted])
        #expect(support.shipped?.level == .unknown && support.lastProven == "2026-01-02")
        var reused = try Samples.record("6.1.1-1", .unified)
        reused.reused = MeasuringRun(run: "r", started: "2025-12-24T00:00:00Z")
        #expect(try only([Samples.document([reused], day: 4)]).lastProven == "2025-12-24")
        let legacy = Samples.document([try Samples.record("6.1.1-1", .legacy, cause: .attachNoCgroup2)])
        #expect(try only([legacy]).lastProven == nil)
    }

    @Test("is stated for each agent, and micro guests have none")
    func agents() throws {
        let cells = [
            try Samples.record("6.1.1-1", .unified), try Samples.record("6.1.1-1", .unified, cause: .misattributed, agent: "theirs"),
            try ReportSamples.record("6.1.1-1", .unified),
            try Samples.record("6.1.1-1", .unified, guest: "debian-9"),
        ]
        let all = DistributionSupport.all([Samples.document(cells)])
        #expect(all.map(\.distribution) == ["debian-9", "debian-12", "debian-12"])
        #expect(all.map(\.agent) == ["own", "own", "theirs"] && all.map(\.works) == [true, true, false])
    }

    @Test("is stated for each architecture: one that works says nothing of another that does not")
    func architectures() throws {
        let cells = [try Samples.record("6.1.1-1", .unified), try Samples.record("6.1.1-1", .unified, cause: .misattributed, architecture: .arm64)]
        let all = DistributionSupport.all([Samples.document(cells)])
        #expect(all.map(\.title) == ["debian-12", "debian-12 arm64"] && all.map(\.works) == [true, false])
        #expect(SupportOverview.byGuest(cells).lines.map(\.name) == ["debian-12", "debian-12 arm64"])
        #expect(
            SupportOverview.bySeries(cells + [try Samples.record("5.9.1-1", .unified, architecture: .arm64)]).lines.map(\.name) == [
                "5.9 arm64", "6.1", "6.1 arm64",
            ])
        let text = CompatibilityDocument(Samples.document(cells)).render()
        #expect(text.contains("kmatrix run --arch x86_64 --arch arm64 --distro debian-12 --cgroup unified\n") && text.contains("| debian-12 arm64 |"))
    }
}

@Suite("The compatibility document")
struct CompatibilityDocumentTests {
    private typealias Samples = DistributionSamples

    @Test("says what works as shipped, what is documented, and how it was measured")
    func table() throws {
        let claims = [try Samples.claim("article", .supported), try Samples.claim("gate", .unsupported)]
        let cells = [
            try Samples.record("6.1.192-2", .unified, claims: claims), try Samples.record("6.1.192-2", .legacy, cause: .attachNoCgroup2, claims: claims),
            try Samples.record("5.14.1-1", .unified, cause: .verifierRejected, guest: "rocky-9", claims: [claims[0]]),
            try ReportSamples.record("6.1.192-2", .unified),
        ]
        let text = CompatibilityDocument(Samples.document(cells)).render()
        #expect(text.contains("    kmatrix run --distro debian-12 --distro rocky-9 --cgroup unified --cgroup legacy\n"))
        #expect(
            text.contains(
                "| debian-12 | ✔ supported; 6.1.192-2, unified | legacy: ✘ unsupported (`attach-failed/no-cgroup2`) | supported: article "
                    + "2026-06-24<br>unsupported: gate 2026-06-24 | with article; not with gate | 6.1.192-2 or earlier | 2026-01-01 |"
            ), "\(text)")
        #expect(
            text.contains(
                "| rocky-9 | ✘ unsupported (`verifier-rejected`); 5.14.1-1, unified | – | supported: article 2026-06-24 | no | 5.14.1-1 or earlier | "
                    + "2026-01-01 |"
            ), "\(text)")
        #expect(text.contains("- gate: the gate, 2026-06-24, <https://example.invalid/gate>"))
    }

    @Test("says when no distribution was measured")
    func empty() throws {
        #expect(CompatibilityDocument(Samples.document([try ReportSamples.record("6.1.1-1", .unified)])).render().contains("No distribution was measured."))
    }

    @Test("forms no markup from hostile records")
    func hostile() throws {
        let hostile = ReportFormatTests.hostile
        var claim = try Samples.claim("gate", .supported)
        (claim.source, claim.title, claim.address) = (hostile, hostile, "https://x\n<script>")
        var cell = try Samples.record("6.1.1-1", .unified, claims: [claim], agent: hostile)
        cell.documentation.distribution = hostile
        let kernel = KernelIdentity(version: try KernelVersion(parsing: "6.1.1-1"), flavour: .cloud, release: hostile, origin: hostile)
        cell.subject = .cell(Cell(guest: hostile, kernel: kernel, cgroup: .unified, agent: hostile))
        var document = Samples.document([cell])
        document.run.harness = hostile
        document.run.started = hostile
        let text = CompatibilityDocument(document).render()
        // The command is a block of code, in which nothing is markup.
        let prose = text.split(separator: "\n").filter { !$0.hasPrefix("    ") }.joined(separator: "\n")
        #expect(!prose.contains("<script") && !prose.contains("http://") && !prose.contains("@everyone") && !text.contains("\n# heading"))
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E })
    }
}
