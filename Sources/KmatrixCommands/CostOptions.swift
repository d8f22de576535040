import ArgumentParser
import Foundation
import MatrixModel
import SystemPackage

/// What cells take, for whoever divides or estimates.
struct CostOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What cells take, as 'kmatrix history costs' writes it; the same file for every part (default: fixed figures by the kind of guest).",
            valueName: "file.json"), completion: .file(extensions: ["json"]))
    var costs: String?

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
}
