public import Guidance
public import MatrixModel

/// One cause that was found, how sure that is, and what it rests on.
public struct Conclusion: Hashable, Sendable {
    public enum Confidence: Int, Comparable, Hashable, Sendable {
        /// It fits, and so would something else.
        case possible
        /// A line suggests it; one more file would prove it.
        case likely
        /// A quoted line proves it.
        case certain

        public var name: String {
            switch self {
            case .possible: "possible"
            case .likely: "likely"
            case .certain: "certain"
            }
        }

        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    public let guide: CauseGuide
    public let confidence: Confidence
    /// What is the case on this machine, in one to three sentences.
    public let summary: String
    public let findings: [Finding]
    /// What was not sent and would settle it.
    public let wanted: [WantedFile]
    /// What follows from the explanation.
    let advice: [Advice]

    /// What to do, in the family's own commands.
    public func remedies(for family: DistributionFamily) -> [Remedy] { CauseGuide.remedies(advice, for: family) }

    init(_ cause: Cause, _ confidence: Confidence, _ summary: String, _ findings: [Finding?], wanted: [WantedFile]? = nil, advice: [Advice]? = nil) {
        self.init(CauseGuide(cause), confidence, summary, findings, wanted, advice)
    }

    init(_ cause: FieldCause, _ confidence: Confidence, _ summary: String, _ findings: [Finding?], wanted: [WantedFile]? = nil, advice: [Advice]? = nil) {
        self.init(CauseGuide(cause), confidence, summary, findings, wanted, advice)
    }

    private init(_ guide: CauseGuide, _ confidence: Confidence, _ summary: String, _ findings: [Finding?], _ wanted: [WantedFile]?, _ advice: [Advice]?) {
        self.guide = guide
        self.confidence = confidence
        self.summary = summary
        var seen: Set<Finding> = []
        self.findings = findings.compactMap(\.self).filter { seen.insert($0).inserted }
        // What is certain needs no further file.
        self.wanted = wanted ?? (confidence == .certain ? [] : guide.wanted)
        self.advice = advice ?? guide.measures.map { .measure($0) }
    }
}
