import QEMUGuest
import GuestImages
import ArtefactCache
import FabricSimulator
import Foundation
import GuestProtocol
import KernelCatalogue
import MatrixModel
import Probes
import SystemPackage
import TestSupport
import Testing

@testable import MatrixRunner

@Suite("What an agent needs of a micro guest")
struct MicroSuppliesTests {
    static func preparer(_ folder: TemporaryFolder, _ warnings: ToldWarnings = ToldWarnings()) throws -> ArtefactPreparer {
        try StandInProducts.make(in: folder.path)
        let cache = ArtefactCache(root: folder.path.appending("cache"))
        return ArtefactPreparer(
            catalogue: KernelCatalogue(settings: CatalogueSettings(cache: cache, offline: true, environment: [:])), cache: cache,
            products: try Products(folder: folder.path),
            turns: GuestSlots(cache: cache, count: 1), events: warnings.add)
    }

    @Test("is in its payload, each file once, and nothing is for an agent that needs nothing")
    func payload() async throws {
        let folder = try TemporaryFolder()
        let preparer = try Self.preparer(folder)
        let plain = try await preparer.payloadSpec(GuestContent())
        let supplied = try await preparer.payloadSpec(GuestContent(needs: [.findmnt, .passwd, .group, .osRelease]))
        #expect(!plain.items.contains { $0.path == "usr/bin/findmnt" || $0.path == "etc/os-release" })
        #expect(Set(supplied.items.map(\.path)).count == supplied.items.count)
        #expect(Set(supplied.items).isSuperset(of: plain.items))
        #expect(supplied.items.contains { $0.path == "usr/bin/findmnt" && $0.mode == 0o755 })
        let release = try #require(supplied.items.first { $0.path == "etc/os-release" })
        guard case .bytes(let bytes) = release.source else { throw CancellationError() }
        #expect(String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains("ID=kmatrix"))
    }

    @Test("and cannot be had makes the cell inconclusive by a cause of its own, never the agent's fault")
    func lacking() async throws {
        let folder = try TemporaryFolder()
        let warnings = ToldWarnings()
        let preparer = try Self.preparer(folder, warnings)
        let content = GuestContent(needs: [.systemctl])
        let made = try await preparer.make(.payload(content), PreparedArtefacts())
        guard case .failure(let failure)? = made.payloads[content] else {
            Issue.record("a payload was made")
            return
        }
        #expect(failure.judgement.cause == .guestLacks && failure.judgement.verdict == .inconclusive && failure.cause.fault == .harness)
        #expect(failure.reason.contains("systemctl") && failure.reason.contains("--distro"))
        #expect(warnings.warnings == [failure.reason])
    }

    @Test("a guest is told the profile's words and logs by their paths, and waits for a status where none comes on exit")
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
        let steps = ProbeCourse.steps(for: try MatrixPlanTests.scenario("normal").expectation, statusRefresh: 75_000)
        let stop = try #require(steps.firstIndex(of: .stopAgent(signal: 15)))
        #expect(steps[stop - 1] == .awaitStatus(milliseconds: 75_000))
        #expect(steps.count { if case .awaitStatus = $0 { true } else { false } } == 1)
        #expect(!ProbeCourse.steps(for: try MatrixPlanTests.scenario("normal").expectation).contains { if case .awaitStatus = $0 { true } else { false } })
        let deployed = ProbeCourse.steps(for: Deployment.installed, statusRefresh: 1)
        #expect(deployed.firstIndex(of: .awaitStatus(milliseconds: 1)) == deployed.firstIndex(of: .stopAgent(signal: 15)).map { $0 - 1 })
    }
}
