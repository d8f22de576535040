@testable import KmatrixCommands
import EvidenceStore
import Foundation
import Measurements
import SystemPackage

/// Measurements as files.
enum BenchFile {
    /// More than any measurement has.
    private static let limit = 16 << 20

    /// - Throws: `MeasurementError`.
    static func read(_ path: String) throws -> BenchDocument {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: WorkingFolder.path(path).string))
            data = try handle.read(upToCount: limit) ?? Data()
        } catch {
            throw MeasurementError(.unreadable, subject: path, detail: (error as NSError).localizedDescription)
        }
        return try BenchDocument(parsing: data, name: path)
    }

    /// - Throws: `StoreError` when it cannot be written.
    static func write(_ document: BenchDocument, to path: String) throws {
        try DurableFile.write(RunFolder.encoder().encode(document) + Data("\n".utf8), to: WorkingFolder.path(path))
    }
}
