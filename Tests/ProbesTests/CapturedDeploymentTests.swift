import Foundation
import GuestProtocol
import Judgement
import MatrixModel
import Testing

@testable import Probes

/// Deployments as real cloud-init and the simulated platform left them: a folder each, with what must come of it in `expect` (the
/// deployment, the cause, the article's row and what the platform saw, words of a finding, the status that the scenario expects).
@Suite("Captured deployments")
struct CapturedDeploymentTests {
    static let root = Bundle.module.bundleURL.appending(path: "Deployments")
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: root.path(percentEncoded: false))) ?? []).sorted()

    @Test("are those of all four rows")
    func rows() throws {
        let found = try Self.names.map { try #require(DeploymentFinding(Self.evidence(of: $0).0)).row }
        #expect(Set(found) == [1, 2, 3, 4, nil])
    }

    @Test("are judged as they must be", arguments: names)
    func judged(name: String) throws {
        let (evidence, expected) = try Self.evidence(of: name)
        let conclusion = CellConclusion(evidence)
        let judgement = conclusion.judgement
        if expected[1] == "compatible" {
            #expect(conclusion.failed.isEmpty && conclusion.state(.provisioned) == .pass && conclusion.state(.signed) == .pass, "\(conclusion.proofs)")
        } else {
            #expect(judgement.cause?.rawValue == expected[1], "\(judgement.summary)")
        }
        if expected.count > 3 { #expect(judgement.findings.contains { $0.quote.contains(expected[3]) }, "\(judgement.findings)") }
        let finding = try #require(DeploymentFinding(evidence))
        let row = finding.row.map { "row \($0), \(finding.matches == true ? "matches" : "differs")" } ?? "no row"
        #expect("\(row): \(finding.platformSaw)".hasPrefix(expected[2]), "\(finding)")
    }

    @Test("that reported nothing prove nothing")
    func silence() throws {
        var (evidence, _) = try Self.evidence(of: "debian-13-missing")
        evidence.journal = []
        #expect(Judgement(evidence: evidence).cause == .provisioningUnproven)
        #expect(DeploymentFinding(evidence)?.platformSaw == "nothing")
        #expect(DeploymentFinding(evidence)?.matches == false)
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
        let conclusion = CellConclusion(evidence)
        #expect(conclusion.judgement.cause == .attachNoCgroup2, "\(conclusion.judgement)")
        #expect(conclusion.proofs.first { $0.id == .provisioned }?.blockedBy == .attach)
        #expect(DeploymentFinding(evidence)?.matches == false)
        // An agent that is silent explains it too.
        evidence.items[.status] = nil
        #expect(Judgement(evidence: evidence).cause == .agentSilent)
    }

    @Test("that failed for another reason are not the agent's fault")
    func otherFailure() throws {
        var (evidence, _) = try Self.evidence(of: "debian-13-missing")
        evidence.journal = evidence.journal?.map { request in
            guard let report = request.report else { return request }
            return FabricRequest(
                sequence: request.sequence, seconds: request.seconds, endpoint: request.endpoint, method: request.method, target: request.target, client: nil,
                claims: nil, signedWith: nil, status: 200,
                report: ProvisioningReport(state: report.state, description: "result=error|reason=DHCP timeout", isRecorded: false))
        }
        #expect(Judgement(evidence: evidence).cause == .provisioningUnproven)
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
        let judgement = Judgement(evidence: evidence)
        #expect(judgement.verdict == .inconclusive, "\(judgement)")
        #expect(DeploymentFinding(evidence)?.matches == false)
    }

    private static func evidence(of name: String) throws -> (CellEvidence, expected: [String]) {
        let folder = root.appending(path: name)
        let expected = try String(contentsOf: folder.appending(path: "expect"), encoding: .utf8).split(separator: "\n").map(String.init)
        var evidence = CellEvidence(layout: .unified, expectation: ScenarioExpectation(status: expected.count > 4 ? expected[4] : "SUCCESS"), fate: .poweredOff)
        let deployment: Deployment = try #require(Deployment(rawValue: expected[0]))
        evidence.deployment = deployment
        let items: [(EvidenceItem, String)] = [
            (.status, "status.json"), (.cloudInitLog, "cloud-init.log"), (.unitJournal, "unit-journal.log"), (.mountInfo, "mountinfo"),
            (.filesystems, "filesystems"),
        ]
        for (item, name) in items {
            guard let content = try? Data(contentsOf: folder.appending(path: name)) else { continue }
            evidence.items[item] = CellEvidence.Item(bytes: Array(content), length: UInt64(content.count))
        }
        let lines = try String(contentsOf: folder.appending(path: "fabric.jsonl"), encoding: .utf8).split(separator: "\n")
        evidence.journal = try lines.map { try JSONDecoder().decode(FabricRequest.self, from: Data($0.utf8)) }
        if evidence.items[.mountInfo] == nil { evidence.items[.mountInfo] = Samples.compatible().items[.mountInfo] }
        evidence.hello = GuestHello(release: "captured", machine: "x86_64", uptimeMilliseconds: 0)
        evidence.phases = Set(GuestPhase.allCases)
        // What the two clients reported was not captured; the journal has what became of their requests.
        evidence.clients = ProbeCourse.steps(for: deployment).flatMap(\.clients)
        evidence.reports = evidence.clients.map { client in
            let request = evidence.journal?.last { $0.client == client.name }
            return ClientReport(
                name: client.name, peer: request?.cameThroughAgent == true ? "127.0.0.1:3080" : "169.254.169.254:80",
                httpStatus: request.map { Int32($0.status) },
                hasProxyHeader: request?.cameThroughAgent == true)
        }
        if evidence.deployment == .broken { evidence.agentEnding = .startedAgain(times: 27) }
        return (evidence, expected)
    }
}
