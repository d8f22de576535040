public import Guidance
public import MatrixModel

/// One cause that was found, how sure that is, and what it rests on.
public struct Conclusion: Hashable, Sendable {
    public enum Confidence: Int, Comparable, Hashable, Sendable {
        /// It fits, and so would something else.
        case possible
        /// It explains all that is known; one more file would prove it.
        case likely
        /// A quoted line says so.
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
    /// What is the case on this machine, in one or two sentences.
    public let summary: String
    public let findings: [Finding]
    /// What was not there and would settle it.
    public let wanted: [WantedFile]

    /// What to do, in the family's own commands. What is known already is not asked for again.
    public func remedies(for family: DistributionFamily) -> [Remedy] {
        let all = guide.remedies(for: family)
        return wanted.contains(.verifierLog) ? all : all.filter { $0 != Measure.readVerifierLog.remedy(for: family) }
    }

    init(_ cause: Cause, _ confidence: Confidence, _ summary: String, _ findings: [Finding?], wanted: [WantedFile]? = nil) {
        self.init(CauseGuide(cause), confidence, summary, findings, wanted)
    }

    init(_ cause: FieldCause, _ confidence: Confidence, _ summary: String, _ findings: [Finding?], wanted: [WantedFile]? = nil) {
        self.init(CauseGuide(cause), confidence, summary, findings, wanted)
    }

    private init(_ guide: CauseGuide, _ confidence: Confidence, _ summary: String, _ findings: [Finding?], _ wanted: [WantedFile]?) {
        self.guide = guide
        self.confidence = confidence
        self.summary = summary
        self.findings = findings.compactMap(\.self)
        // What is certain needs no further file.
        self.wanted = wanted ?? (confidence == .certain ? [] : guide.wanted)
    }
}
