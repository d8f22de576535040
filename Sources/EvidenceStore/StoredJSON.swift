import Foundation
import MatrixModel

/// Records as files have them: decoded, or refused in one line.
enum StoredJSON {
    struct Failure: Error, Hashable {
        let code: RunReadingError.Code
        let detail: String
        /// The cell that the record claims to be of, where that can be read.
        var cell: CellID?
    }

    private struct Head: Decodable { let schema: Int }

    /// Of a record of another schema nothing else is said: nothing can be expected to be where it is today.
    static func decode<Value: Decodable>(_ type: Value.Type, schemas: ClosedRange<Int>, from bytes: [UInt8]) -> Result<Value, Failure> {
        let data = Data(bytes)
        let error: any Error
        do {
            let value = try JSONDecoder().decode(type, from: data)
            guard let found = (value as? RunRecord)?.schema, !schemas.contains(found) else { return .success(value) }
            return .failure(unknown(found, known: schemas))
        } catch let caught {
            error = caught
        }
        if let found = try? JSONDecoder().decode(Head.self, from: data).schema, !schemas.contains(found) { return .failure(unknown(found, known: schemas)) }
        if let contradiction = error as? CellRecordContradiction {
            return .failure(Failure(code: .contradictory, detail: contradiction.description, cell: CellID(stored: contradiction.id)))
        }
        return .failure(Failure(code: .unreadable, detail: reason(error)))
    }

    private static func unknown(_ found: Int, known: ClosedRange<Int>) -> Failure {
        Failure(
            code: .unknownSchema,
            detail: "schema \(found), but this kmatrix reads \(known.count == 1 ? "\(known.lowerBound)" : "\(known.lowerBound) to \(known.upperBound)")")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.dataCorrupted(let context):
            context.codingPath.isEmpty ? "not complete JSON" : "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
        case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has an invalid value"
        default: "\(error)"
        }
    }
}
