import GuestProtocol
import Judgement
import MatrixModel
import Testing

@testable import Probes

@Suite("A burst")
struct BurstTests {
    private static func spoilt(_ change: (inout CellEvidence) -> Void) -> CellConclusion {
        var evidence = Samples.compatible()
        change(&evidence)
        return CellConclusion(evidence)
    }

    @Test("of which one is not served fails")
    func lost() {
        let conclusion = Self.spoilt { $0.replaceRequest(of: "crowd-root-2", by: nil) }
        #expect(conclusion.failed == [.burst] && conclusion.judgement.cause == .notForwarded && conclusion.judgement.verdict == .degraded)
    }

    @Test("of which one is reported as another user, or in another process, fails")
    func attribution() {
        let user = Self.spoilt { $0.replaceRequest(of: "crowd-user-1", by: Samples.request($0.client("crowd-user-1"), claims: #"{ "isRoot": "true"}"#)) }
        #expect(user.failed == [.burst] && user.judgement.cause == .misattributed)
        let process = Self.spoilt { $0.items[.finalStatus] = Samples.item(Samples.status(burst: 2)) }
        #expect(process.failed == [.burst] && process.judgement.cause == .misattributed)
    }

    @Test("of which a few in many have no answer proves nothing, and is tried again")
    func fewLost() {
        let conclusion = Self.spoilt { evidence in
            let more = (10..<40).map { Samples.client("crowd-root", 0).member($0) }
            evidence.clients += more
            evidence.reports += more.map { Samples.report($0) }
            evidence.journal? += more.dropLast().map { Samples.request($0) }
            evidence.replaceReport(by: ClientReport(name: "crowd-root-39", httpStatus: 502))
        }
        #expect(conclusion.judgement.cause == .harness && conclusion.state(.burst) == .unproven)
    }

    @Test(
        "of which some ran out of time proves nothing where others waited long, and all the more where they did not",
        arguments: [
            (UInt64(9_000_000), Cause.timeout, ProofState.unproven), (5_000, .notForwarded, .fail),
        ])
    func slowMachine(slowest: UInt64, cause: Cause, state: ProofState) {
        let conclusion = Self.spoilt { evidence in
            evidence.replaceRequest(of: "crowd-root-2", by: nil)
            evidence.replaceReport(
                by: ClientReport(name: "crowd-root-2", peer: "127.0.0.1:3080", microseconds: 15_000_000, failure: "the answer did not end in time"))
            evidence.replaceReport(by: ClientReport(name: "crowd-root-1", peer: "127.0.0.1:3080", httpStatus: 200, hasProxyHeader: true, microseconds: slowest))
        }
        #expect(conclusion.judgement.cause == cause && conclusion.state(.burst) == state, "\(conclusion.judgement)")
    }

    @Test("of which some are not recognised fails, where all others are served")
    func unrecognised() {
        let conclusion = Self.spoilt {
            $0.replaceRequest(of: "crowd-root-2", by: nil)
            $0.replaceReport(by: Samples.report($0.client("crowd-root-2"), status: 421))
        }
        #expect(conclusion.failed == [.burst] && conclusion.judgement.cause == .eventsLost && conclusion.judgement.verdict == .degraded)
    }

    @Test("fails where audit entries were lost, wherever they are counted")
    func counted() {
        for status in [Samples.status(lost: 3), Samples.status(missed: 1)] {
            let conclusion = Self.spoilt { $0.items[.finalStatus] = Samples.item(status) }
            #expect(conclusion.failed == [.burst] && conclusion.judgement.cause == .eventsLost)
        }
    }
}
