import EvidenceStore
import MatrixModel
import Testing

/// The proof of the proofs: an agent with one fault fails the one proof that is about it, and an agent without a fault fails none.
@Suite(
    "Real guests with mutants", .enabled(if: MutantRun.folder != nil && RealGuests.areAsked, "KMATRIX_MUTANTS names no built mutants; ci/test sets it"),
    .serialized)
struct ProofMutantRealGuestTests {
    @Test("a mutant fails exactly the proof that its fault is about", arguments: ProofMutant.all)
    func mutant(_ mutant: ProofMutant) async throws {
        let record = try await MutantRun.record(named: mutant.name)
        #expect(record.proofs(.fail) == [mutant.proof], "\(record.account)")
        #expect(record.proofs(.unproven) == [], "\(record.account)")
        for result in record.proofs where result.state == .notReached { #expect(result.blockedBy == mutant.proof, "\(record.account)") }
        #expect([.incompatible, .degraded].contains(record.verdict), "\(record.account)")
        #expect(record.cause == mutant.cause, "\(record.account)")
        KeptEvidence.keep(record, of: mutant.name)
    }

    @Test("the mutant without a mutation passes every proof, and every proof it passes has a mutant")
    func unmutated() async throws {
        let record = try await MutantRun.record(named: MutantRun.unmutated)
        #expect(record.verdict == .compatible, "\(record.account)")
        #expect(record.proofs.allSatisfy { $0.state == .pass || $0.state == .notApplicable }, "\(record.account)")
        #expect(record.proofs(.pass) == Set(ProofMutant.all.map(\.proof)).union(ProofMutant.beyondAgents), "\(record.account)")
    }

    @Test("a platform that answers what it should refuse leaves the proofs that rest on it unproven, and fails none")
    func forgivingPlatform() async throws {
        let record = try await MutantRun.record(named: MutantRun.forgivingScenario)
        #expect(record.proofs(.fail) == [], "\(record.account)")
        #expect(record.proofs(.unproven) == ProofMutant.ofPlatform, "\(record.account)")
        #expect(record.verdict == .inconclusive, "\(record.account)")
    }
}

extension CellRecord {
    fileprivate func proofs(_ state: ProofState) -> Set<ProofID> { Set(proofs.filter { $0.state == state }.map(\.id)) }

    /// What a failed expectation has to say: the verdict, and every proof that did not pass.
    fileprivate var account: String {
        ([summary] + proofs.filter { $0.state != .pass }.map { "\($0.id) \($0.state.rawValue)\($0.blockedBy.map { " by \($0)" } ?? ""): \($0.summary)" })
            .joined(separator: "\n")
    }
}
