import FabricSimulator
import GuestImages
import GuestProtocol
import Judgement
import MatrixModel
import Probes
import TestSupport
import Testing

@testable import MatrixRunner

@Suite("A guest's plan")
struct GuestStepsTests {
    @Test("has the steps that follow from what its scenario expects")
    func steps() throws {
        let normal = ProbeCourse.steps(for: try PlanSample.scenario("normal").expectation).flatMap(\.clients).map(\.name)
        #expect(Set(normal).count == normal.count)
        #expect(normal.count { $0.hasPrefix(ProbeNames.burstPrefix) } == 200)
        #expect(normal.contains(ProbeNames.afterRestart) && normal.contains(ProbeNames.dualStack) && normal.contains("imds-early"))
        let small = ProbeCourse.steps(for: try PlanSample.scenario("normal").expectation, burst: ProofTier.smallBurst).flatMap(\.clients).map(\.name)
        #expect(small.count { $0.hasPrefix(ProbeNames.burstPrefix) } == 16 && small.count == normal.count - 184)
        let down = ProbeCourse.steps(for: try PlanSample.scenario("down").expectation).flatMap(\.clients).map(\.name)
        #expect(!down.contains { $0.hasPrefix(ProbeNames.burstPrefix) } && !down.contains("imds-early"))
        #expect(down.contains("imds-root"))
    }

    @Test("has the profile's words and logs by their paths, and waits for a status where none comes on exit")
    func plan() throws {
        let text = """
            name: mine
            title: Mine
            status: { within: 75, every: 60, onExit: false }
            logs: { agent: /var/log/mine.log, verifier: /var/log/v.log }
            settledBy: [{ log: agent, text: gave up, lines: 5 }]
            """
        let profile = try AgentProfile(parsing: text, source: "mine.yml")
        #expect(profile.wordsForGuest == [SettlingWords(path: "/var/log/mine.log", text: "gave up", lines: 5)])
        #expect(
            Set(profile.logsForGuest) == [AgentLogFile(item: .agentLog, path: "/var/log/mine.log"), AgentLogFile(item: .verifierLog, path: "/var/log/v.log")])
        #expect(Set(AgentProfile.unknown.logsForGuest) == Set(AgentLogFile.standard))
        let steps = ProbeCourse.steps(for: try PlanSample.scenario("normal").expectation, statusRefresh: 75_000)
        let stop = try #require(steps.firstIndex(of: .stopAgent(signal: 15)))
        #expect(steps[stop - 1] == .awaitStatus(milliseconds: 75_000))
        #expect(steps.count { if case .awaitStatus = $0 { true } else { false } } == 1)
        #expect(!ProbeCourse.steps(for: try PlanSample.scenario("normal").expectation).contains { if case .awaitStatus = $0 { true } else { false } })
        let deployed = ProbeCourse.steps(for: Deployment.installed, statusRefresh: 1)
        #expect(deployed.firstIndex(of: .awaitStatus(milliseconds: 1)) == deployed.firstIndex(of: .stopAgent(signal: 15)).map { $0 - 1 })
    }
}
