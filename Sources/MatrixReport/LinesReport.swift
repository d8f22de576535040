import EvidenceStore
import Foundation

/// A run as JSON lines: one line for the run, then one per cell. Each line can be read alone; a JSON schema describes them.
struct LinesReport {
    let document: RunDocument

    func render() throws -> [UInt8] {
        let encoder = RunFolder.encoder(isCompact: true)
        var bytes: [UInt8] = []
        func line(_ value: some Encodable) throws {
            bytes += try encoder.encode(value)
            bytes.append(UInt8(ascii: "\n"))
        }
        try line(["run": document.run])
        for cell in document.cells { try line(["cell": cell]) }
        return bytes
    }
}
