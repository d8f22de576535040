public import Foundation

/// A whole measurement as a file: `ci/bench all` writes it, `ci/bench compare` reads two.
public struct BenchDocument: Codable, Hashable, Sendable {
    public static let schema = 1

    public let schema: Int
    /// The version of kmatrix.
    public let kmatrix: String
    /// When it was finished; ISO 8601.
    public let finished: String
    public let machine: BenchMachine
    /// Every part there is, so that none is left out in silence.
    public let parts: [BenchPart: BenchPart.Outcome]

    /// - Parameter parts: Those that are not named were not asked for.
    public init(kmatrix: String, finished: String, machine: BenchMachine, parts: [BenchPart: BenchPart.Outcome]) {
        schema = Self.schema
        self.kmatrix = kmatrix
        self.finished = finished
        self.machine = machine
        self.parts = Dictionary(uniqueKeysWithValues: BenchPart.allCases.map { ($0, parts[$0] ?? .notAskedFor) })
    }

    /// - Parameter name: What people call the file.
    /// - Throws: `MeasurementError` when it is no such document, or one of another schema.
    public init(parsing data: Data, name: String) throws {
        let found: Int
        do { found = try JSONDecoder().decode(Header.self, from: data).schema } catch {
            throw MeasurementError(.garbled, subject: name, detail: Self.text(error))
        }
        guard found == Self.schema else { throw MeasurementError(.otherSchema, subject: name, detail: "\(found)") }
        do { self = try JSONDecoder().decode(Self.self, from: data) } catch { throw MeasurementError(.garbled, subject: name, detail: Self.text(error)) }
        for case (let part, .measured(let measurement, _)) in parts where Set(measurement.ratios.map(\.name)).count != measurement.ratios.count {
            throw MeasurementError(.garbled, subject: name, detail: "\(part) has a ratio twice")
        }
    }

    /// The parts that are absent, in order.
    public var absent: [(part: BenchPart, reason: String)] {
        BenchPart.allCases.compactMap { part in if case .absent(let reason)? = parts[part] { (part, reason) } else { nil } }
    }

    private struct Header: Decodable { let schema: Int }

    private static func text(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, let context)?: "'\((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))' is missing"
        case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?, .dataCorrupted(let context)?:
            (context.codingPath.isEmpty ? "" : "'\(context.codingPath.map(\.stringValue).joined(separator: "."))': ") + context.debugDescription
        default: "\(error)"
        }
    }
}
