import Foundation
import SystemPackage

/// `planned.jsonl`: every cell of a run before any was tried, a record a line. A cell whose outcome never came to the disk is then
/// known to be missing, and is not taken for one that nobody asked about.
extension RunFolder {
    static let plannedName = "planned.jsonl"

    public func savePlan(_ records: [CellRecord]) throws {
        let encoder = Self.encoder(isCompact: true)
        var bytes: [UInt8] = []
        for record in records {
            bytes += try encoder.encode(record)
            bytes.append(UInt8(ascii: "\n"))
        }
        try DurableFile.write(bytes, to: path.appending(Self.plannedName))
    }
}
