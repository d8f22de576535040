import MatrixModel

/// What an operator needs to know of a cause: how it shows, what proves it, what to do about it, and which section of the article covers it.
///
/// Plain data, and the only source of such wording: the judgement of cells, the diagnosis of machines and the published pages read the same guide.
public struct CauseGuide: Hashable, Sendable {
    /// As in verdicts and in the report of a diagnosis.
    public let code: String
    public let title: String
    /// What one sees of it without knowing the cause.
    public let symptom: String
    /// Which words in which evidence prove it.
    public let proof: String
    /// Files that would settle it, the most telling first.
    public let wanted: [WantedFile]
    /// In the order in which to try them.
    public let measures: [Measure]
    /// Nil where the article does not speak of it.
    public let article: ArticleSection?

    private init(
        _ code: String, _ title: String, _ symptom: String, _ proof: String, _ wanted: [WantedFile], _ measures: [Measure], _ article: ArticleSection?
    ) {
        self.code = code
        self.title = title
        self.symptom = symptom
        self.proof = proof
        self.wanted = wanted
        self.measures = measures
        self.article = article
    }

    init(
        of cause: Cause, _ title: String, symptom: String, proof: String, wanted: [WantedFile] = [], measures: [Measure], article: ArticleSection? = nil
    ) {
        self.init(cause.rawValue, title, symptom, proof, wanted, measures, article)
    }

    init(of cause: FieldCause, _ title: String, symptom: String, proof: String, wanted: [WantedFile], measures: [Measure], article: ArticleSection) {
        self.init(cause.rawValue, title, symptom, proof, wanted, measures, article)
    }

    /// What to do, in the family's own commands, each once.
    public func remedies(for family: DistributionFamily) -> [Remedy] { Self.remedies(measures.map { .measure($0) }, for: family) }

    /// What to do about a failure that was explained, each once.
    public static func remedies(_ advice: [Advice], for family: DistributionFamily) -> [Remedy] {
        var seen: Set<Remedy> = []
        return advice.map { $0.remedy(for: family) }.filter { seen.insert($0).inserted }
    }

    /// Every cause there is, ours first.
    public static var all: [CauseGuide] { Cause.allCases.map { CauseGuide($0) } + FieldCause.allCases.map { CauseGuide($0) } }

    /// - Parameter code: A cause's code; nil for one that does not exist.
    public init?(code: String) {
        if let cause = Cause(rawValue: code) {
            self.init(cause)
        } else if let cause = FieldCause(rawValue: code) {
            self.init(cause)
        } else {
            return nil
        }
    }
}
