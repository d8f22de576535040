/// Why a benchmark has nothing to measure.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let subject: String
    let detail: String

    init(_ subject: String, detail: String) { (self.subject, self.detail) = (subject, detail) }

    var description: String { "nothing to measure: \(subject): \(detail)" }
}
