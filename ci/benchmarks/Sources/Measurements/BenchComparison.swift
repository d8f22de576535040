/// What became of every ratio since a baseline was measured.
///
/// A ratio got worse when the best of its rounds now is beyond the worst of the baseline's by more than the tolerance: rounds that overlap
/// are noise, and so is what machines of the same kind differ in.
public struct BenchComparison: Encodable, Sendable {
    public enum Outcome: String, Encodable, Sendable {
        case same, better, worse
        /// Not in the baseline, which says nothing against it.
        case added
        /// In the baseline and not measured now, or a part that only one side could measure.
        case absent
    }

    public struct Row: Encodable, Sendable {
        public let part: BenchPart
        /// Nil for a part as a whole.
        public let ratio: String?
        public let outcome: Outcome
        public let baseline: Spread?
        public let now: Spread?
        /// Of the medians, in percent; more is worse.
        public let changePercent: Double?
        /// Of what is absent.
        public let reason: String?
    }

    /// In percent of the baseline.
    public let tolerance: Double
    public let rows: [Row]
    public let notAskedFor: [BenchPart]

    /// - Throws: `MeasurementError` when the two were measured on machines of different kinds.
    public init(baseline: BenchDocument, named name: String, now: BenchDocument, tolerance: Double) throws {
        if let difference = now.machine.difference(from: baseline.machine) { throw MeasurementError(.otherKind, subject: name, detail: difference) }
        self.tolerance = tolerance
        notAskedFor = BenchPart.allCases.filter { now.parts[$0] ?? .notAskedFor == .notAskedFor }
        rows = BenchPart.allCases.flatMap { part in
            switch (baseline.parts[part] ?? .notAskedFor, now.parts[part] ?? .notAskedFor) {
            case (_, .notAskedFor): [Row]()
            case (_, .absent(let reason)): [Row(absent: part, reason: reason)]
            case (.absent(let reason), .measured): [Row(absent: part, reason: "the baseline has it not: \(reason)")]
            case (.notAskedFor, .measured): [Row(absent: part, reason: "the baseline has it not")]
            case (.measured(let before, _), .measured(let after, _)): Self.rows(part, before.ratios, after.ratios, tolerance)
            }
        }
    }

    public var hasRegression: Bool { rows.contains { $0.outcome == .worse } }
    /// Whether every ratio of the baseline that was asked for was compared, and there was one.
    public var isComplete: Bool { rows.contains { $0.baseline != nil && $0.now != nil } && !rows.contains { $0.outcome == .absent } }

    private static func rows(_ part: BenchPart, _ before: [MeasuredRatio], _ after: [MeasuredRatio], _ tolerance: Double) -> [Row] {
        let now = Dictionary(after.map { ($0.name, $0.spread) }) { first, _ in first }
        let known = Set(before.map(\.name))
        return before.map { ratio in
            guard let spread = now[ratio.name] else { return Row(absent: part, ratio.name, baseline: ratio.spread, reason: "not measured now") }
            return Row(
                part: part, ratio: ratio.name, outcome: outcome(ratio.spread, spread, tolerance / 100), baseline: ratio.spread, now: spread,
                changePercent: (spread.median / ratio.spread.median - 1) * 100, reason: nil)
        }
            + after.filter { !known.contains($0.name) }.map {
                Row(part: part, ratio: $0.name, outcome: .added, baseline: nil, now: $0.spread, changePercent: nil, reason: nil)
            }
    }

    private static func outcome(_ before: Spread, _ now: Spread, _ tolerance: Double) -> Outcome {
        if now.min > before.max * (1 + tolerance) { return .worse }
        return now.max * (1 + tolerance) < before.min ? .better : .same
    }
}

extension BenchComparison.Row {
    init(absent part: BenchPart, _ ratio: String? = nil, baseline: Spread? = nil, reason: String) {
        self.init(part: part, ratio: ratio, outcome: .absent, baseline: baseline, now: nil, changePercent: nil, reason: reason)
    }
}
