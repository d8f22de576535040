import Foundation
import SystemPackage

/// `planned.jsonl`: every cell of a run before any was tried, a record a line. A cell whose outcome never came to the disk is then
/// known to be missing, and is not taken for one that nobody asked about.
///
/// Beside it, of a run that is one part of several, `elsewhere.jsonl`: the cells that the other parts have.
extension RunFolder {
    static let plannedName = "planned.jsonl"
    static let elsewhereName = "elsewhere.jsonl"

    public func savePlan(_ records: [CellRecord], elsewhere: [CellRecord] = []) throws {
        if !elsewhere.isEmpty { try save(elsewhere, as: Self.elsewhereName) }
        try save(records, as: Self.plannedName)
    }

    private func save(_ records: [CellRecord], as name: String) throws {
        let encoder = Self.encoder(isCompact: true)
        var bytes: [UInt8] = []
        for record in records {
            bytes += try encoder.encode(record)
            bytes.append(UInt8(ascii: "\n"))
        }
        try DurableFile.write(bytes, to: path.appending(name))
    }
}
