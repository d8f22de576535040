import GuestProtocol
import Judgement
import MatrixModel
import Testing

@testable import Probes

/// Whole agents with one defect, as mutants showed them in real guests: one proof fails, and none is left unproven.
@Suite("One defect costs one proof")
struct OneDefectTests {
    /// - Parameter isConcerned: Which clients' requests the defect changes.
    private static func conclusion(
        where isConcerned: (ClientSpec) -> Bool, request: (ClientSpec) -> FabricRequest?, report: (ClientSpec) -> ClientReport
    ) -> CellConclusion {
        var evidence = Samples.compatible()
        let attestation = FabricRequest(
            sequence: 0, seconds: 1, endpoint: .wireServer, method: "POST", target: "/secure-channel/key/k1/key-attestation", client: nil,
            claims: #"{ "isRoot": "true"}"#, signedWith: "Azure-HMAC-SHA256 k1", signature: .verified, status: 200)
        evidence.journal?.append(attestation)
        let served = evidence.journal?.filter { $0.claims != nil }.compactMap(\.client) ?? []
        for client in evidence.clients where served.contains(client.name) && isConcerned(client) {
            evidence.replaceRequest(of: client.name, by: request(client))
            evidence.replaceReport(by: report(client))
        }
        return CellConclusion(evidence)
    }

    private static func isOfIMDS(_ client: ClientSpec) -> Bool { client.address[0] == 169 }

    private static func expect(_ conclusion: CellConclusion, fails proof: ProofID) {
        #expect(conclusion.failed == [proof])
        for result in conclusion.proofs where result.state != .pass && result.state != .fail {
            #expect(result.state == .notReached && result.blockedBy == proof, "\(result.id) \(result.state): \(result.summary)")
        }
    }

    @Test("an agent that answers 502 to everybody")
    func answersItself() {
        let conclusion = Self.conclusion(where: { _ in true }, request: { _ in nil }) { client in
            let peer = client.name == ProbeNames.dualStack ? "[::ffff:127.0.0.1]:3080" : nil
            return Samples.report(client, peer: peer, status: 502)
        }
        Self.expect(conclusion, fails: .forwarded)
        #expect(conclusion.state(.attributedUser) == .notReached && conclusion.state(.dualStack) == .notReached)
    }

    @Test("an agent that refuses everybody, whoever they are and whatever its rules say")
    func refusesEverybody() {
        let conclusion = Self.conclusion(where: { _ in true }, request: { _ in nil }) { client in
            let peer = client.name == ProbeNames.dualStack ? "[::ffff:127.0.0.1]:3080" : nil
            return Samples.report(client, peer: peer, status: 403)
        }
        Self.expect(conclusion, fails: .attributedUser)
        #expect(conclusion.judgement.cause == .wronglyDenied, "\(conclusion.judgement.summary)")
    }

    @Test("an agent that signs nothing, or wrongly", arguments: [FabricRequest.Signature.absent, .wrong])
    func signs(signature: FabricRequest.Signature) {
        let conclusion = Self.conclusion(where: { _ in true }, request: { Samples.request($0, signature: signature, status: 403) }) {
            Samples.report($0, status: 403)
        }
        Self.expect(conclusion, fails: .signed)
        #expect(conclusion.state(.attributedUser) == .pass && conclusion.state(.attributedProcess) == .notReached)
    }

    @Test("an agent that leaves IMDS alone keeps its key all the same")
    func leavesIMDS() {
        let conclusion = Self.conclusion(where: Self.isOfIMDS, request: { Samples.request($0, claims: .some(nil), signature: .absent, status: 403) }) {
            Samples.report($0, peer: "169.254.169.254:80", status: 403)
        }
        Self.expect(conclusion, fails: .redirectedIMDS)
        #expect(conclusion.state(.keyKept) == .notReached)
    }

    @Test("of two defects the more fundamental one is never hidden by the other")
    func two() {
        var evidence = Samples.compatible()
        evidence.replaceRequest(of: "imds-user", by: Samples.request(evidence.client("imds-user"), claims: #"{ "isRoot": "true"}"#))
        evidence.replaceReport(by: Samples.report(evidence.client("hostga-root"), status: 502))
        #expect(CellConclusion(evidence).failed.first == .attributedUser)
    }
}
