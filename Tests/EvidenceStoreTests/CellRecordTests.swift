import Foundation
import MatrixModel
import Testing

@testable import EvidenceStore

@Suite("A stored cell")
struct CellRecordTests {
    static func record() throws -> CellRecord {
        let kernel = KernelIdentity(
            version: try KernelVersion(parsing: "6.1.176-1"), flavour: .cloud, release: "6.1.0-50-cloud-amd64", origin: "debian/bookworm")
        return CellRecord(
            cell: Cell(kernel: kernel, cgroup: .legacy), judgement: Judgement(cause: .attachNoCgroup2, summary: "nothing to attach to"),
            evidence: "/runs/x", seconds: [.boot: 2.5, .total: 3], attempts: 1)
    }

    @Test("has every member it promises, and null where there is nothing")
    func members() throws {
        let data = try RunFolder.encoder().encode(Self.record())
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let promised = [
            "id", "guest", "kernel", "series", "flavour", "cgroup", "profile", "deployment", "scenario", "agent", "bpf", "verdict", "cause", "evidence",
            "seconds",
        ]
        for name in promised { #expect(object[name] != nil, "\(name) is missing") }
        #expect(object["profile"] is NSNull)
        #expect(object["cause"] as? String == "attach-failed/no-cgroup2")
        #expect((object["seconds"] as? [String: Double])?["boot"] == 2.5)
    }

    @Test("reads back as it was written")
    func roundTrip() throws {
        let record = try Self.record()
        let data = try RunFolder.encoder().encode(record)
        #expect(try JSONDecoder().decode(CellRecord.self, from: data) == record)
    }

    @Test("says how its guest started", arguments: [StartMode.cold(reason: nil), .cold(reason: "no room"), .snapshot(key: "0a")])
    func startMode(startMode: StartMode) throws {
        var record = try Self.record()
        record.startMode = startMode
        let data = try RunFolder.encoder().encode(record)
        #expect(try JSONDecoder().decode(CellRecord.self, from: data) == record)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let said = try #require(object["birth"] as? [String: Any])
        #expect(Set(said.keys) == ["how", "snapshot", "reason"])
    }

    @Test("from before there were snapshots is read as ever")
    func beforeSnapshots() throws {
        let data = try RunFolder.encoder().encode(Self.record())
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object.removeValue(forKey: "birth") is NSNull)
        let old = try JSONDecoder().decode(CellRecord.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(try old == Self.record())
    }

    @Test("has its tier, and is read as ever without one")
    func tier() throws {
        var record = try Self.record()
        (record.tier, record.burst) = (.standard, 16)
        let data = try RunFolder.encoder().encode(record)
        #expect(try JSONDecoder().decode(CellRecord.self, from: data) == record)
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["proof_tier"] as? String == "standard" && object["burst_clients"] as? Int == 16)
        object["proof_tier"] = nil
        object["burst_clients"] = nil
        let old = try JSONDecoder().decode(CellRecord.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(try old == Self.record())
        #expect(record.doubted("lost").tier == nil)
    }

    static let proofs = [
        ProofResult(id: .load, weight: .essential, state: .pass, summary: "loaded"),
        ProofResult(
            id: .attach, weight: .essential, state: .fail, cause: .attachNoCgroup2, summary: "nothing to attach to",
            findings: [Finding(source: "status.json", quote: "q")]),
        ProofResult(id: .redirectedIMDS, weight: .essential, state: .notReached, summary: "attach failed", blockedBy: .attach),
    ]

    @Test("keeps its proofs, those of a later kmatrix too")
    func proofs() throws {
        var record = try Self.record()
        record.proofs = Self.proofs + [ProofResult(id: ProofID(rawValue: "identity/of-tomorrow"), weight: .lesser, state: .pass, summary: "unknown here")]
        let data = try RunFolder.encoder().encode(record)
        let back = try JSONDecoder().decode(CellRecord.self, from: data)
        #expect(back == record)
        #expect(back.contradiction == nil)
        #expect(back.proofs.last?.id.isKnown == false)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let first = try #require((object["proofs"] as? [[String: Any]])?.first)
        #expect(Set(first.keys) == ["id", "weight", "state", "cause", "summary", "findings", "blocked_by", "known_defect"])
        #expect(first["cause"] is NSNull)
    }

    @Test("of schema 1 has no proofs and is read as ever")
    func beforeProofs() throws {
        let data = try RunFolder.encoder().encode(Self.record())
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object.removeValue(forKey: "proofs") != nil)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(CellRecord.self, from: JSONSerialization.data(withJSONObject: object)) }
        object["schema"] = 1
        let old = try JSONDecoder().decode(CellRecord.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(try old == Self.record())
    }

    @Test("contradicts itself when its verdict does not follow from its proofs", arguments: [Verdict.compatible, .degraded])
    func contradiction(verdict: Verdict) throws {
        var record = try Self.record()
        record.proofs = Self.proofs
        record.verdict = verdict
        record.cause = verdict == .compatible ? nil : record.cause
        record.fault = record.cause?.fault
        #expect(record.contradiction?.contains("proofs") == true)
    }

    @Test("contradicts itself unless verdict, cause and attempts go together", arguments: Verdict.allCases)
    func consistency(verdict: Verdict) throws {
        for cause in [nil] + Cause.allCases.map(Optional.some) {
            for attempts in 0...1 {
                var record = try Self.record()
                (record.verdict, record.cause, record.fault, record.attempts, record.proofs) = (verdict, cause, cause?.fault, attempts, [])
                let isConsistent =
                    switch verdict {
                    case .compatible: cause == nil && attempts == 1
                    case .notRun: cause == nil && attempts == 0
                    case .degraded: cause?.verdict == .incompatible && attempts == 1
                    case .incompatible, .inconclusive, .unavailable: cause?.verdict == verdict
                    }
                #expect((record.contradiction == nil) == isConsistent, "\(verdict) \(cause?.rawValue ?? "without cause") after \(attempts)")
            }
        }
    }

    @Test("keeps what is documented of its distribution; a record from before has none")
    func documentation() throws {
        let claim = DocumentedClaim(
            source: "readme", title: "README", date: try CalendarDay(parsing: "2025-04-14"), address: nil, subject: "rocky-9", says: .supported)
        var record = try Self.record()
        record.documentation = CellDocumentation(distribution: "rocky-9", defaultLayout: .unified, hasOwnKernel: true, claims: [claim])
        let data = try RunFolder.encoder().encode(record)
        #expect(try JSONDecoder().decode(CellRecord.self, from: data) == record)
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let stored = try #require(object["documentation"] as? [String: Any])
        #expect(Set(stored.keys) == ["distribution", "default_layout", "own_kernel", "claims"])
        #expect((stored["claims"] as? [[String: Any]])?.first?["date"] as? String == "2025-04-14")
        object.removeValue(forKey: "documentation")
        let old = try JSONDecoder().decode(CellRecord.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(old.documentation == .none)
    }

    @Test("of another schema is refused")
    func schema() throws {
        var text = String(decoding: try RunFolder.encoder().encode(Self.record()), as: UTF8.self)
        text = text.replacing("\"schema\" : 2", with: "\"schema\" : 99")
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(CellRecord.self, from: Data(text.utf8)) }
    }

    @Test("for which no kernel was found has no kernel and says what was asked")
    func unavailable() throws {
        let record = CellRecord(
            unavailable: AskedCell(try KernelSelector(parsing: "5.15"), CellAxes(cgroup: .unified)),
            judgement: Judgement(cause: .notOffered, summary: "nobody offers it")
        )
        #expect(record.kernel == nil)
        #expect(record.series == "5.15")
        #expect(record.verdict == .unavailable)
        #expect(record.id == "micro/5.15/cloud-amd64/unified")
    }
}
