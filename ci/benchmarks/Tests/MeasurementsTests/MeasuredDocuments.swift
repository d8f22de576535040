import Foundation
import Measurements
import Testing

/// Documents as `ci/bench all` wrote them on one machine: twice the same kmatrix, and one that was built without optimisation.
enum MeasuredDocuments {
    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: #require(Bundle.module.url(forResource: "Documents/\(name)", withExtension: "json")))
    }

    static func document(_ name: String) throws -> BenchDocument { try BenchDocument(parsing: data(name), name: "\(name).json") }
}

extension BenchDocument {
    /// The same with other outcomes of some parts.
    func with(_ changed: [BenchPart: BenchPart.Outcome]) -> BenchDocument {
        BenchDocument(kmatrix: kmatrix, finished: finished, machine: machine, parts: parts.merging(changed) { _, new in new })
    }

    func on(_ machine: BenchMachine) -> BenchDocument { BenchDocument(kmatrix: kmatrix, finished: finished, machine: machine, parts: parts) }
}
