import EvidenceStore
import FabricSimulator
import Foundation
import KernelCatalogue
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning

@Suite("A plan")
struct MatrixPlanTests {
    @Test("has every cell once, sorted by meaning, however selectors overlap")
    func expansion() throws {
        let kernels = [try PlanSample.kernel("5.10.223-1"), try PlanSample.kernel("5.9.1-1"), try PlanSample.kernel("5.10.223-1")]
        let cells = PlanSample.cells(kernels, try PlanSample.axes([.legacy, .unified]))
        #expect(
            cells.map(\.cell.id.text) == [
                "micro/5.9.1-1/cloud-amd64/unified", "micro/5.9.1-1/cloud-amd64/legacy", "micro/5.10.223-1/cloud-amd64/unified",
                "micro/5.10.223-1/cloud-amd64/legacy",
            ])
    }

    @Test("scenarios are an axis when they are asked for, and in no id when they are not")
    func scenarios() throws {
        let choice = ScenarioChoice.axis([try PlanSample.scenario("normal"), try PlanSample.scenario("down")])
        let cells = PlanSample.cells([try PlanSample.kernel("6.1.1-1")], try PlanSample.axes([.unified], scenarios: choice))
        #expect(cells.map(\.cell.id.text) == ["micro/6.1.1-1/cloud-amd64/unified/scenario=down", "micro/6.1.1-1/cloud-amd64/unified/scenario=normal"])
        #expect(cells.map(\.scenario.name) == ["down", "normal"])
        let plain = PlanSample.cells([try PlanSample.kernel("6.1.1-1")], try PlanSample.axes([.unified]))
        #expect(plain.map(\.cell.scenario) == [nil])
    }

    @Test("the large burst is sent once for each kernel and scenario, unless the tier says otherwise, and none where no agent signs")
    func tiers() throws {
        let kernels = [try PlanSample.kernel("6.1.1-1"), try PlanSample.kernel("6.12.1-1")].map { (GuestChoice.micro, $0) }
        func bursts(_ tier: ProofTier, _ scenario: String = "normal") throws -> [Int] {
            let axes = try PlanSample.axes([.unified, .hybrid], scenarios: .axis([try PlanSample.scenario(scenario)]))
            return MatrixPlan.expand(guests: kernels, axes: axes, tier: tier).map(\.burst)
        }
        #expect(try bursts(.quick) == [16, 16, 16, 16])
        #expect(try bursts(.standard).sorted() == [16, 16, 200, 200])
        #expect(try bursts(.full) == [200, 200, 200, 200])
        #expect(try bursts(.full, "down") == [0, 0, 0, 0])
    }

    @Test("leaves out what it is told to, and says when there is no such thing")
    func exclusions() throws {
        let axes = try PlanSample.axes([.legacy, .unified])
        let cells = MatrixPlan.expand(guests: [(.micro, try PlanSample.kernel("6.1.1-1")), (.micro, try PlanSample.kernel("6.12.1-1"))], axes: axes)
        let missing = CellRecord(
            unavailable: AskedCell(try KernelSelector(parsing: "5.15"), CellAxes(cgroup: .legacy)), judgement: Judgement(cause: .notOffered, summary: "none"))
        let plan = MatrixPlan(cells: cells + cells, unavailable: [missing, missing], warnings: ["before"])
        #expect(plan.settled(without: []).unavailable.count == 1)
        let settled = plan.settled(without: [try CellPattern(parsing: "*/legacy"), try CellPattern(parsing: "*/hybrid")])
        #expect(settled.cells.map(\.cell.id.text) == ["micro/6.1.1-1/cloud-amd64/unified", "micro/6.12.1-1/cloud-amd64/unified"])
        #expect(settled.unavailable.isEmpty)
        #expect(settled.warnings == ["before", "the exclusion '*/hybrid' matches no cell of this matrix"])
    }

    @Test("profiles and deployments are axes, and stand in the id")
    func hardening() throws {
        var axes = try PlanSample.axes([.unified])
        axes.profiles = [nil, .jitHarden]
        axes.deployments = [.installed]
        let ids = PlanSample.cells([try PlanSample.kernel("6.1.1-1")], axes).map(\.cell.id.text)
        #expect(
            ids == [
                "micro/6.1.1-1/cloud-amd64/unified/deployment=installed", "micro/6.1.1-1/cloud-amd64/unified/profile=jit-harden/deployment=installed",
            ])
    }

    @Test("is begun with the cells that take longest, by what is known of them, and otherwise in its order")
    func order() throws {
        var axes = try PlanSample.axes([.unified, .legacy])
        let micro = MatrixPlan.expand(guests: [(.micro, try PlanSample.kernel("6.1.1-1")), (.micro, try PlanSample.kernel("6.12.1-1"))], axes: axes)
        axes.deployments = [.installed]
        let slow = MatrixPlan.expand(guests: [(.micro, try PlanSample.kernel("6.1.1-1"))], axes: axes)
        #expect(MatrixPlan.longestFirst(micro + slow, .standard).map(\.cell) == (slow + micro).map(\.cell))
        let costs = CellCosts(
            cells: ["micro/6.12/cloud-amd64/legacy": 60, "micro/6.1/cloud-amd64/legacy": 2, "micro/6.1/cloud-amd64/unified/deployment=installed": 1],
            guests: ["micro": 3])
        let ordered = MatrixPlan.longestFirst(slow + micro, costs)
        #expect(
            ordered.map(\.cell.id.text) == [
                "micro/6.12.1-1/cloud-amd64/legacy", "micro/6.1.1-1/cloud-amd64/legacy/deployment=installed", "micro/6.1.1-1/cloud-amd64/unified",
                "micro/6.12.1-1/cloud-amd64/unified", "micro/6.1.1-1/cloud-amd64/legacy", "micro/6.1.1-1/cloud-amd64/unified/deployment=installed",
            ])
        #expect(MatrixPlan.longestFirst(ordered, costs).map(\.cell) == ordered.map(\.cell))
    }

    private static func guest(_ cgroup: String?) throws -> GuestChoice {
        let text = """
            distributions:
              mine-1:
                title: Mine
                repository: { kind: debian, suite: mine }
                kernel: { flavour: cloud-amd64 }
                packages: [systemd]
            """ + (cgroup.map { "\n    cgroup: \($0)" } ?? "")
        return .distribution(try #require(try DistributionCatalogue(parsing: text, source: "test").distributions.first))
    }

    @Test(
        "a guest's layouts are those named, and without a name what it boots with",
        arguments: [
            (nil, [], false, CgroupLayout.allCases), (nil, [], true, [.unified]), ("legacy", [], false, [.legacy]), ("legacy", [], true, [.legacy]),
            ("hybrid", [.unified, .hybrid], true, [.unified, .hybrid]), ("unified", [.legacy], true, [.unified, .legacy]),
            ("unified", [.legacy], false, [.legacy]),
            // Nobody looked up what it boots with.
            ("", [], false, CgroupLayout.allCases),
        ] as [(String?, [CgroupLayout], Bool, [CgroupLayout])])
    func layouts(cgroup: String?, named: [CgroupLayout], hasDefault: Bool, expected: [CgroupLayout]) throws {
        var axes = try PlanSample.axes(named)
        axes.hasDefaultLayout = hasDefault
        let guest = try cgroup.map { try Self.guest($0.isEmpty ? nil : $0) } ?? .micro
        #expect(axes.layouts(of: guest) == expected)
    }

    @Test("a guest is asked for a layout only where it boots with another one")
    func layoutArguments() throws {
        let documentation = CellDocumentation(distribution: "mine-1", defaultLayout: .hybrid)
        let cells = MatrixPlan.expand(
            guests: [(try Self.guest("hybrid"), try PlanSample.kernel("6.1.1-1"))], axes: try PlanSample.axes([.unified, .hybrid, .legacy]),
            documentation: { _, _ in documentation })
        #expect(cells.map { $0.layoutArguments.isEmpty } == [false, true, false])
        #expect(cells.allSatisfy { $0.documentation == documentation && $0.record(Judgement(cause: .timeout, summary: "")).documentation == documentation })
        #expect(PlanSample.cells([try PlanSample.kernel("6.1.1-1")], try PlanSample.axes([.legacy])).allSatisfy(\.layoutArguments.isEmpty))
    }

    @Test("a program variant is an axis")
    func programs() throws {
        let programs = [ProgramVariant(name: "b", object: "/b.o"), ProgramVariant(name: "a", object: "/a.o")]
        let cells = PlanSample.cells([try PlanSample.kernel("6.1.1-1")], try PlanSample.axes([.unified], programs: programs))
        #expect(cells.map(\.cell.bpf) == ["a", "b"])
        #expect(cells.map { $0.program?.object.string } == ["/a.o", "/b.o"])
    }
}
