import Foundation

/// A fixed piece of work that stands for the machine where the thing measured has nothing of its own to stand beside: records are read from
/// JSON, sorted, and counted by what they say. It takes a tenth of a second or two.
///
/// Every stored ratio to it ends when it is changed.
public struct Yardstick: Sendable {
    private static let count = 20_000
    private let text: Data

    private struct Record: Decodable {
        let id: String
        let verdict: String
        let findings: [String]
        let seconds: [String: Double]
    }

    struct Bent: Error, CustomStringConvertible {
        var description: String { "the yardstick did not find what it is made of" }
    }

    public init() {
        let records = (0..<Self.count).map { number in
            """
            {"id":"guest/\(number * 7919 % Self.count)/unified","verdict":"\(["compatible", "incompatible", "degraded"][number % 3])",\
            "findings":["status.json: the agent says \(number)","console: \\u0022nothing\\u0022 was seen, \(number % 97) times"],\
            "seconds":{"boot":\(number % 13).25,"deploy":0.5,"probe":0.125,"total":\(number % 29).75}}
            """
        }
        text = Data("[\(records.joined(separator: ","))]".utf8)
    }

    /// Does the work once.
    /// - Throws: When the machine cannot do it.
    public func run() throws {
        let records = try JSONDecoder().decode([Record].self, from: text)
        var counts: [String: Int] = [:]
        for record in records.sorted(by: { $0.id < $1.id }) {
            for word in record.findings.flatMap({ $0.split(separator: " ") }) { counts[String(word), default: 0] += 1 }
            counts[record.verdict, default: 0] += record.seconds.count
        }
        guard records.count == Self.count, counts["says"] == Self.count else { throw Bent() }
    }
}
