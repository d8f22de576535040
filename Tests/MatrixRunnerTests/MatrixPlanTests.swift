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

    @Test("has every cell once, sorted by meaning, however selectors overlap")
    func expansion() throws {
        let kernels = [try Self.kernel("5.10.223-1"), try Self.kernel("5.9.1-1"), try Self.kernel("5.10.223-1")]
        let cells = MatrixPlan.expand(kernels: kernels, layouts: [.legacy, .unified], programs: [])
        #expect(cells.map(\.cell.id.text) == [
            "micro/5.9.1-1/cloud-amd64/unified", "micro/5.9.1-1/cloud-amd64/legacy", "micro/5.10.223-1/cloud-amd64/unified",
            "micro/5.10.223-1/cloud-amd64/legacy",
        ])
    }

    @Test("a program variant is an axis")
    func programs() throws {
        let programs = [ProgramVariant(name: "b", object: "/b.o"), ProgramVariant(name: "a", object: "/a.o")]
        let cells = MatrixPlan.expand(kernels: [try Self.kernel("6.1.1-1")], layouts: [.unified], programs: programs)
        #expect(cells.map(\.cell.bpf) == ["a", "b"])
        #expect(cells.map { $0.program?.object.string } == ["/a.o", "/b.o"])
    }
}
