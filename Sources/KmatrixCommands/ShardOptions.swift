import ArgumentParser
import Foundation
import MatrixModel
import MatrixRunner
import SystemPackage

/// Which part of a run.
struct ShardOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "One part of the run: 2/3 is the second of three.",
            discussion: """
                The same plan is divided alike on every machine, so that each part can run on another one; 'kmatrix merge' joins their \
                folders. Parts take about as long as each other, by --costs.
                """, valueName: "i/n"), transform: Self.shard)
    var shard: Shard?

    @Option(
        help: ArgumentHelp(
            "What cells take, as 'kmatrix history costs' writes it; the same file for every part (default: fixed figures by the kind of guest).",
            valueName: "file.json"), completion: .file(extensions: ["json"]))
    var costs: String?

    @Sendable private static func shard(_ text: String) throws -> Shard {
        do { return try Shard(parsing: text) } catch { throw ValidationError("\(error)") }
    }

    func cellCosts() throws -> CellCosts {
        guard let costs else { return .standard }
        let found: CellCosts
        do { found = try JSONDecoder().decode(CellCosts.self, from: Data(contentsOf: URL(filePath: WorkingFolder.path(costs).string))) } catch {
            throw ValidationError("--costs: '\(costs)' cannot be read as costs; write one with 'kmatrix history costs --out \(costs)'")
        }
        guard found.schema == CellCosts.schema else { throw ValidationError("--costs: '\(costs)' is of schema \(found.schema), where this kmatrix reads \(CellCosts.schema)") }
        if let nonsense = found.nonsense { throw ValidationError("--costs: '\(costs)' has a cell that takes no time of this world: \(nonsense)") }
        return found
    }

    /// The part of the plan that was asked for; all of it when none was.
    func part(of plan: MatrixPlan, _ costs: CellCosts) -> MatrixPlan { shard.map { plan.part($0, costs: costs) } ?? plan }
}
