import Foundation
import GuestProtocol
import MatrixModel
import Testing

@testable import Judgement

/// Deployments as real cloud-init and the simulated platform left them: a folder each, with what must come of it in `expect` (the
/// deployment, the cause, the article's row and what the platform saw, words of a finding, the status that the scenario expects).
@Suite("Captured deployments")
struct CapturedDeploymentTests {
    static let root = Bundle.module.bundleURL.appending(path: "Deployments")
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: root.path(percentEncoded: false))) ?? []).sorted()

    @Test("are those of all four rows")
    func rows() throws {
        let found = try Self.names.map { try #require(Judge.deploymentFinding(Self.evidence(of: $0).0)).row }
        #expect(Set(found) == [1, 2, 3, 4, nil])
    }

    @Test("are judged as they must be", arguments: names)
    func judged(name: String) throws {
        let (evidence, expected) = try Self.evidence(of: name)
        let judgment = try #require(Judge.deploymentJudgment(evidence) ?? Judge.agentFailure(evidence) ?? Judgment(verdict: .compatible, cause: nil, summary: ""))
        #expect(judgment.cause?.rawValue ?? judgment.verdict.rawValue == expected[1], "\(judgment.summary)")
        if expected.count > 3 { #expect(judgment.findings.contains { $0.quote.contains(expected[3]) }, "\(judgment.findings)") }
        let finding = try #require(Judge.deploymentFinding(evidence))
        let row = finding.row.map { "row \($0), \(finding.matches == true ? "matches" : "differs")" } ?? "no row"
        #expect("\(row): \(finding.platformSaw)".hasPrefix(expected[2]), "\(finding)")
    }

    @Test("that reported nothing prove nothing")
    func silence() throws {
        var (evidence, _) = try Self.evidence(of: "debian-13-missing")
        evidence.journal = []
        #expect(Judge.deploymentJudgment(evidence)?.cause == .provisioningUnproven)
        #expect(Judge.deploymentFinding(evidence)?.platformSaw == "nothing")
        #expect(Judge.deploymentFinding(evidence)?.matches == false)
    }

    @Test("that could report nothing because an agent without redirection had latched a key are judged by what the agent says")
    func refused() throws {
        var (evidence, _) = try Self.evidence(of: "debian-13-legacy")
        evidence.journal = evidence.journal?.map { request in
            guard request.endpoint == .wireServer, request.report != nil || request.target.contains("goalstate") else { return request }
            return FabricRequest(
                sequence: request.sequence, seconds: request.seconds, endpoint: .wireServer, method: request.method, target: request.target, client: nil,
                claims: nil, signedWith: nil, status: 403, note: "a key is latched and the request is not signed")
        }
        let judgment = try #require(Judge.deploymentJudgment(evidence))
        #expect(judgment.cause == .attachNoCgroup2, "\(judgment)")
        #expect(judgment.summary.contains("unsigned") && judgment.findings.first?.quote.contains("403") == true)
        #expect(Judge.deploymentFinding(evidence)?.matches == false)
        evidence.items[.status] = nil
        evidence.journal = []
        #expect(Judge.deploymentJudgment(evidence)?.cause == .provisioningUnproven)
    }

    @Test("that failed for another reason are not the agent's fault")
    func otherFailure() throws {
        var (evidence, _) = try Self.evidence(of: "debian-13-missing")
        evidence.journal = evidence.journal?.map { request in
            guard let report = request.report else { return request }
            return FabricRequest(
                sequence: request.sequence, seconds: request.seconds, endpoint: request.endpoint, method: request.method, target: request.target, client: nil,
                claims: nil, signedWith: nil, status: 200, report: ProvisioningReport(state: report.state, description: "result=error|reason=DHCP timeout", isRecorded: false))
        }
        #expect(Judge.deploymentJudgment(evidence)?.cause == .provisioningUnproven)
    }

    @Test("whose agent works and whose cloud-init says otherwise are nobody's proof")
    func contradiction() throws {
        var (evidence, _) = try Self.evidence(of: "debian-13-installed")
        evidence.journal = evidence.journal?.map { request in
            guard request.report != nil else { return request }
            return FabricRequest(
                sequence: request.sequence, seconds: request.seconds, endpoint: request.endpoint, method: request.method, target: request.target, client: nil,
                claims: request.claims, signedWith: request.signedWith, signature: .verified, status: 200,
                report: ProvisioningReport(state: "NotReady", description: "result=error|reason=azure-proxy-agent status failure", isRecorded: true))
        }
        let judgment = try #require(Judge.deploymentJudgment(evidence))
        #expect(judgment.verdict == .inconclusive, "\(judgment)")
        #expect(Judge.deploymentFinding(evidence)?.matches == false)
    }

    private static func evidence(of name: String) throws -> (CellEvidence, expected: [String]) {
        let folder = root.appending(path: name)
        let expected = try String(contentsOf: folder.appending(path: "expect"), encoding: .utf8).split(separator: "\n").map(String.init)
        var evidence = CellEvidence(layout: .unified, expectation: ScenarioExpectation(status: expected.count > 4 ? expected[4] : "SUCCESS"), fate: .poweredOff)
        let deployment: Deployment = try #require(Deployment(rawValue: expected[0]))
        evidence.deployment = deployment
        let items: [(EvidenceItem, String)] = [
            (.status, "status.json"), (.cloudInitLog, "cloud-init.log"), (.unitJournal, "unit-journal.log"), (.mountInfo, "mountinfo"), (.filesystems, "filesystems"),
        ]
        for (item, name) in items {
            guard let content = try? Data(contentsOf: folder.appending(path: name)) else { continue }
            evidence.items[item] = CellEvidence.Item(bytes: Array(content), length: UInt64(content.count))
        }
        let lines = try String(contentsOf: folder.appending(path: "fabric.jsonl"), encoding: .utf8).split(separator: "\n")
        evidence.journal = try lines.map { try JSONDecoder().decode(FabricRequest.self, from: Data($0.utf8)) }
        if evidence.deployment == .broken { evidence.agentEnding = .startedAgain(times: 27) }
        return (evidence, expected)
    }
}
