public import FabricSimulator
import Foundation
import KernelCatalogue
public import MatrixModel
public import MatrixPlanning
import SystemPackage

/// Parts of a plan, for tests.
public enum PlanSample {
    /// A kernel of a file, whose release is the one that the stand-in emulator's guest says.
    public static func kernel(_ version: String) throws -> PlannedKernel {
        PlannedKernel(
            identity: KernelIdentity(version: try KernelVersion(parsing: version), flavour: .cloud, release: "6.1.0-fake", origin: "file"),
            source: .file(image: "/vmlinuz", modules: nil))
    }

    public static func axes(_ layouts: [CgroupLayout], programs: [ProgramVariant] = [], scenarios: ScenarioChoice? = nil) throws -> MatrixAxes {
        MatrixAxes(kernels: [], layouts: layouts, programs: programs, scenarios: try scenarios ?? .standard(scenario("disabled")))
    }

    /// A scenario of the repository.
    public static func scenario(_ name: String) throws -> Scenario {
        let file = Repository.root.appending(path: "images/scenarios/\(name).yml")
        return try Scenario(parsing: String(contentsOf: file, encoding: .utf8), source: file.path)
    }

    /// The cells of micro guests, each once and in the plan's order.
    public static func cells(_ kernels: [PlannedKernel], _ axes: MatrixAxes) -> [PlannedCell] {
        MatrixPlan(cells: MatrixPlan.expand(guests: kernels.map { (.micro, $0) }, axes: axes), unavailable: [], warnings: []).settled(without: []).cells
    }
}
