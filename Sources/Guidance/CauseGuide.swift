public import MatrixModel

/// What a person needs to know of a cause: how it shows, what proves it, what to do about it, and where the article speaks of it.
///
/// Data, and no more: the judgement of cells, the diagnosis of machines in the field and the published pages all read the same guide.
public struct CauseGuide: Hashable, Sendable {
    /// As in verdicts and in the report of a diagnosis.
    public let code: String
    public let title: String
    /// What one sees of it without knowing the cause.
    public let symptom: String
    /// Which words in which evidence prove it.
    public let proof: String
    /// What was not at hand and would settle it, the most telling first.
    public let wanted: [WantedFile]
    /// In the order in which to try them.
    public let measures: [Measure]
    /// Nil where the article does not speak of it.
    public let article: ArticleSection?

    init(
        _ code: String, _ title: String, symptom: String, proof: String, wanted: [WantedFile] = [], measures: [Measure], article: ArticleSection? = nil
    ) {
        self.code = code
        self.title = title
        self.symptom = symptom
        self.proof = proof
        self.wanted = wanted
        self.measures = measures
        self.article = article
    }

    /// What to do, in the family's own commands, each once.
    /// - Parameter known: Measures whose purpose is served already.
    public func remedies(for family: DistributionFamily, leavingOut known: Set<Measure> = []) -> [Remedy] {
        var seen: Set<Remedy> = []
        let all = measures.filter { !known.contains($0) }.map { $0.remedy(for: family) }.filter { seen.insert($0).inserted }
        // No model of a virtual machine stands behind kmatrix's own guest.
        let fitting = family == .micro ? all.filter { $0.place != .controlPlane } : all
        return fitting.isEmpty ? all : fitting
    }

    public init(_ cause: Cause) {
        self = switch cause.fault {
        case .kernel, .configuration: Self.ofMachine(cause)
        case .agent: Self.ofAgent(cause)
        case .harness, .artefact: Self.ofHarness(cause)
        }
    }

    public init(_ cause: FieldCause) { self = Self.inField(cause) }

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
