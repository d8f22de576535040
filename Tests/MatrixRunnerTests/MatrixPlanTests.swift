import FabricSimulator
import Foundation
import GuestProtocol
import MatrixModel
import SystemPackage
import Testing

@testable import MatrixRunner

@Suite("A plan")
struct MatrixPlanTests {
    static func kernel(_ version: String) throws -> PlannedKernel {
        PlannedKernel(
            identity: KernelIdentity(version: try KernelVersion(parsing: version), flavour: .cloud, release: version, origin: "file"),
            source: .file(image: "/vmlinuz", modules: nil))
    }

    static func request(_ layouts: [CgroupLayout], programs: [ProgramVariant] = [], scenarios: ScenarioChoice? = nil) throws -> MatrixRequest {
        MatrixRequest(kernels: [], layouts: layouts, programs: programs, scenarios: try scenarios ?? .standard(scenario("disabled")))
    }

    static func scenario(_ name: String) throws -> Scenario {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../images/scenarios/\(name).yml").standardized
        return try Scenario(parsing: String(contentsOf: file, encoding: .utf8), source: file.path)
    }

    @Test("has every cell once, sorted by meaning, however selectors overlap")
    func expansion() throws {
        let kernels = [try Self.kernel("5.10.223-1"), try Self.kernel("5.9.1-1"), try Self.kernel("5.10.223-1")]
        let cells = MatrixPlan.expand(kernels: kernels, request: try Self.request([.legacy, .unified]))
        #expect(cells.map(\.cell.id.text) == [
            "micro/5.9.1-1/cloud-amd64/unified", "micro/5.9.1-1/cloud-amd64/legacy", "micro/5.10.223-1/cloud-amd64/unified",
            "micro/5.10.223-1/cloud-amd64/legacy",
        ])
    }

    @Test("scenarios are an axis when they are asked for, and in no id when they are not")
    func scenarios() throws {
        let choice = ScenarioChoice.axis([try Self.scenario("normal"), try Self.scenario("down")])
        let cells = MatrixPlan.expand(kernels: [try Self.kernel("6.1.1-1")], request: try Self.request([.unified], scenarios: choice))
        #expect(cells.map(\.cell.id.text) == ["micro/6.1.1-1/cloud-amd64/unified/scenario=down", "micro/6.1.1-1/cloud-amd64/unified/scenario=normal"])
        #expect(cells.map(\.scenario.name) == ["down", "normal"])
        let plain = MatrixPlan.expand(kernels: [try Self.kernel("6.1.1-1")], request: try Self.request([.unified]))
        #expect(plain.map(\.cell.scenario) == [nil])
    }

    @Test("a guest's steps follow from what its scenario expects")
    func steps() throws {
        let normal = StandardCourse.steps(for: try Self.scenario("normal")).flatMap(\.clients).map(\.name)
        #expect(Set(normal).count == normal.count)
        #expect(normal.count { $0.hasPrefix(ProbeNames.crowdPrefix) } == 200)
        #expect(normal.contains(ProbeNames.afterRestart) && normal.contains(ProbeNames.dualStack) && normal.contains("imds-early"))
        let down = StandardCourse.steps(for: try Self.scenario("down")).flatMap(\.clients).map(\.name)
        #expect(!down.contains { $0.hasPrefix(ProbeNames.crowdPrefix) } && !down.contains("imds-early"))
        #expect(down.contains("imds-root"))
    }

    @Test("a program variant is an axis")
    func programs() throws {
        let programs = [ProgramVariant(name: "b", object: "/b.o"), ProgramVariant(name: "a", object: "/a.o")]
        let cells = MatrixPlan.expand(kernels: [try Self.kernel("6.1.1-1")], request: try Self.request([.unified], programs: programs))
        #expect(cells.map(\.cell.bpf) == ["a", "b"])
        #expect(cells.map { $0.program?.object.string } == ["/a.o", "/b.o"])
    }
}

extension MatrixPlan {
    /// The cells of our own init alone.
    static func expand(kernels: [PlannedKernel], request: MatrixRequest) -> [PlannedCell] {
        expand(guests: kernels.map { (.micro, $0) }, request: request)
    }
}
