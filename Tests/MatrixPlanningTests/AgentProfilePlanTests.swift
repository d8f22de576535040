import GuestImages
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning

@Suite("The agents of a plan")
struct AgentProfilePlanTests {
    struct Bench {
        let folder: TemporaryFolder
        let messages = ToldWarnings()
        private let planning: PlanningBench
        var products: Products { planning.products }

        init() throws {
            folder = try TemporaryFolder()
            planning = try PlanningBench(in: folder.path) { [messages] event in if case .warning(let text) = event { messages.add(text) } }
        }

        func planner(_ agents: [AgentChoice], profile: AgentProfile? = nil, today: CalendarDay? = nil) throws -> MatrixPlanner {
            var axes = try PlanSample.axes([.unified])
            axes.agents = agents
            return planning.planner(of: [axes], profile: profile, today: today)
        }

        /// A flat folder with a program of these words.
        func bundle(_ words: String) async throws -> AgentChoice {
            let place = folder.path.appending("bundle")
            try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
            var bytes = [UInt8](repeating: 0, count: 120)
            bytes.replaceSubrange(0..<7, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1])
            (bytes[16], bytes[18], bytes[20], bytes[52]) = (2, 62, 1, 64)
            try Data(bytes + Array(words.utf8)).write(to: URL(filePath: place.appending("azure-proxy-agent").string))
            return .bundle(try await AgentBundle.load(place))
        }
    }

    @Test("have the profiles that recognise them, and unknown ones are asked for what ours does")
    func recognised() async throws {
        let bench = try Bench()
        let upstream = try await bench.bundle("GuestProxyAgent")
        let (profiles, warnings) = try bench.planner([.own, upstream]).agentProfiles()
        #expect(profiles.mapValues(\.name) == [.own: "own", upstream: "azure-guest-proxy-agent"])
        #expect(warnings.isEmpty)
        let other = try await bench.bundle("another one")
        #expect(try bench.planner([other]).agentProfiles().0 == [other: .unknown])
        // Without agents on the axis every cell runs ours.
        #expect(try bench.planner([]).agentProfiles().0.mapValues(\.name) == [.own: "own"])
    }

    @Test("stand in the planned cells")
    func planned() async throws {
        let bench = try Bench()
        let upstream = try await bench.bundle("GuestProxyAgent")
        var axes = try PlanSample.axes([.unified])
        axes.agents = [.own, upstream]
        let (profiles, _) = try bench.planner([.own, upstream]).agentProfiles()
        let cells = MatrixPlan.expand(guests: [(.micro, try PlanSample.kernel("6.1.1-1"))], axes: axes, profiles: profiles)
        #expect(cells.map(\.agentProfile.name).sorted() == ["azure-guest-proxy-agent", "own"])
        #expect(Set(cells.map(\.agentProfile.needs)) == [[], [.findmnt, .passwd, .group, .osRelease]])
    }

    @Test("use the profile that was asked for in place of every other")
    func asked() async throws {
        let bench = try Bench()
        let upstream = try await bench.bundle("GuestProxyAgent")
        let mine = try AgentProfile(parsing: "name: mine\ntitle: Mine\n", source: "mine.yml")
        #expect(try bench.planner([.own, upstream], profile: mine).agentProfiles().0 == [.own: mine, upstream: mine])
        try Data("name: mine\ntitle: Mine\n".utf8).write(to: URL(filePath: bench.folder.path.appending("mine.yml").string))
        #expect(try bench.products.agentProfile(bench.folder.path.appending("mine.yml").string) == mine)
        #expect(try bench.products.agentProfile("own").name == "own")
        let error = try #require(throws: AgentProfileError.self) { try bench.products.agentProfile("theirs") }
        #expect(error.code == .unknown && error.others.contains("azure-guest-proxy-agent"))
    }

    @Test("that two profiles recognise end the planning, and both are named")
    func ambiguous() async throws {
        let bench = try Bench()
        let text = "name: fork\ntitle: A fork\nrecognised: { files: [{ path: usr/sbin/azure-proxy-agent, contains: ProxyAgent }] }\n"
        try Data(text.utf8).write(to: URL(filePath: bench.folder.path.appending("agents/fork.yml").string))
        let upstream = try await bench.bundle("GuestProxyAgent")
        let error = try #require(throws: AgentProfileError.self) { try bench.planner([upstream]).agentProfiles() }
        #expect(error.others == ["azure-guest-proxy-agent", "fork"])
    }

    @Test("may name a check of the conformance suite as a defect, but not one that it does not have")
    func conformanceDefect() throws {
        let bench = try Bench()
        func profile(_ proof: String) throws -> AgentProfile {
            let defect = "{ proof: \(proof), reason: r, reference: f, until: 2027-01-01 }"
            return try AgentProfile(parsing: "name: mine\ntitle: Mine\ndefects: [\(defect)]\n", source: "mine.yml")
        }
        #expect(try bench.planner([.own], profile: profile("conformance/B1a")).agentProfiles().0[.own]?.defects.count == 1)
        let error = try #require(throws: AgentProfileError.self) { try bench.planner([.own], profile: profile("conformance/B1z")).agentProfiles() }
        #expect(error.code == .unknownCheck && error.others == ["B1z"] && "\(error)".contains("'mine'"))
    }

    @Test("have no defect that is past its day, and the plan warns of it")
    func expired() async throws {
        let bench = try Bench()
        let upstream = try await bench.bundle("GuestProxyAgent")
        let known = try #require(try bench.planner([upstream]).agentProfiles().0[upstream]?.defects)
        #expect(!known.isEmpty)
        let last = try #require(known.map(\.until).max())
        let next = try CalendarDay(parsing: "\(last.year + 1)-01-01")
        let (today, none) = try bench.planner([upstream], today: last).agentProfiles()
        #expect(today[upstream]?.defects.map(\.until).allSatisfy { $0 >= last } == true && none.count == known.count { $0.until < last })
        let (later, warnings) = try bench.planner([upstream], today: next).agentProfiles()
        #expect(later[upstream]?.defects == [])
        #expect(warnings.count == known.count && warnings.allSatisfy { $0.contains("azure-guest-proxy-agent") })
        #expect(bench.messages.warnings.suffix(warnings.count) == warnings)
    }
}
