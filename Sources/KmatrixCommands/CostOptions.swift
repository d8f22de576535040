import ArgumentParser
import Foundation
import MatrixModel
import SystemPackage

/// Reads measured cell times, for dividing and estimating a run.
struct CostOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Cell times that balance the parts (help sharding)", valueName: "file.json"), completion: .file(extensions: ["json"]))
    var costs: String?

    func cellCosts() throws -> CellCosts {
        guard let costs else { return .standard }
        let found: CellCosts
        do { found = try JSONDecoder().decode(CellCosts.self, from: Data(contentsOf: URL(filePath: WorkingFolder.path(costs).string))) } catch {
            throw ValidationError("--costs: cannot read '\(costs)' as cell times; write it with 'kmatrix history costs --out \(costs)'")
        }
        guard found.schema == CellCosts.schema else {
            throw ValidationError(
                "--costs: '\(costs)' has schema \(found.schema), but this kmatrix reads schema \(CellCosts.schema); write it again with 'kmatrix history costs'"
            )
        }
        if let nonsense = found.nonsense { throw ValidationError("--costs: '\(costs)' has an impossible cell time: \(nonsense)") }
        return found
    }
}
