import MatrixModel
import Testing

@Suite("The verdict of proofs")
struct ProofTests {
    private static func proof(
        _ id: ProofID, _ state: ProofState, _ weight: ProofResult.Weight = .essential, _ cause: Cause? = nil, blockedBy: ProofID? = nil, known: Bool = false
    ) throws -> ProofResult {
        let defect = known ? KnownDefect(proof: id, reason: "by design", reference: "there", until: try CalendarDay(parsing: "2031-01-01")) : nil
        return ProofResult(
            id: id, weight: weight, state: state, cause: state == .fail ? cause ?? .misattributed : state == .unproven ? cause ?? .harness : nil,
            summary: "\(id): \(state)",
            blockedBy: blockedBy, knownDefect: defect)
    }

    @Test("is compatible when every applicable proof passed")
    func compatible() throws {
        let proofs = try [Self.proof(.load, .pass), Self.proof(.burst, .pass, .lesser), Self.proof(.keyLatched, .notApplicable)]
        let judgement = Judgement(proofs: proofs)
        #expect(judgement.verdict == .compatible && judgement.cause == nil)
        #expect(proofs.tally == (2, 2))
    }

    @Test("is never compatible when nothing passed, or something was not reached and nothing failed")
    func nothing() throws {
        #expect(Judgement(proofs: []).verdict == .inconclusive)
        #expect(Judgement(proofs: [try Self.proof(.load, .notApplicable)]).verdict == .inconclusive)
        #expect(Judgement(proofs: try [Self.proof(.load, .pass), Self.proof(.attach, .notReached, blockedBy: .runs)]).verdict == .inconclusive)
    }

    @Test("takes its cause from the most fundamental failure and names the others")
    func order() throws {
        let judgement = Judgement(
            proofs: try [
                Self.proof(.keyKept, .fail, .essential, .keyLostOnRestart), Self.proof(.identitySetuid, .fail, .lesser),
                Self.proof(.attach, .fail, .essential, .attachNoCgroup2),
            ])
        #expect(judgement.verdict == .incompatible)
        #expect(judgement.cause == .attachNoCgroup2)
        #expect(judgement.summary.contains("Also failed: key-kept, identity/setuid."))
    }

    @Test("is degraded when only lesser proofs failed")
    func degraded() throws {
        let judgement = Judgement(proofs: try [Self.proof(.load, .pass), Self.proof(.dualStack, .fail, .lesser, .dualStackNotRedirected)])
        #expect(judgement.verdict == .degraded && judgement.cause == .dualStackNotRedirected)
    }

    @Test("an unproven proof is inconclusive, hides no failure that was shown, and is not hidden by a lesser one")
    func unproven() throws {
        let unproven = try Self.proof(.burst, .unproven, .lesser, .timeout)
        #expect(Judgement(proofs: try [Self.proof(.load, .pass), unproven]).verdict == .inconclusive)
        #expect(Judgement(proofs: try [Self.proof(.load, .pass), unproven]).cause == .timeout)
        #expect(Judgement(proofs: try [Self.proof(.load, .fail, .essential, .loadFailed), unproven]).verdict == .incompatible)
        let lesser = Judgement(proofs: try [Self.proof(.dualStack, .fail, .lesser), unproven])
        #expect(lesser.verdict == .inconclusive && lesser.summary.contains("Failed: dual-stack."))
    }

    @Test("known defects fail all the same, and are told apart from others")
    func known() throws {
        let known = try Self.proof(.dualStack, .fail, .lesser, .dualStackNotRedirected, known: true)
        #expect(Judgement(proofs: [known]).verdict == .degraded)
        #expect(Judgement(proofs: [known]).summary.contains("known defect"))
        #expect([known].failsOnlyAsKnown)
        #expect(try ![known, Self.proof(.burst, .fail, .lesser)].failsOnlyAsKnown)
        #expect(try ![known, Self.proof(.burst, .unproven, .lesser)].failsOnlyAsKnown)
        #expect(try ![Self.proof(.load, .pass)].failsOnlyAsKnown)
    }

    @Test("ids are unique, ordered, and unknown ones come last")
    func ids() {
        #expect(Set(ProofID.known).count == ProofID.known.count)
        #expect(ProofID.known.sorted() == ProofID.known)
        #expect([ProofID(rawValue: "zz"), ProofID(rawValue: "a"), .burst].sorted() == [.burst, ProofID(rawValue: "a"), ProofID(rawValue: "zz")])
    }
}
