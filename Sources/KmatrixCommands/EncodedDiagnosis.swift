import Diagnosis
import Guidance
import MatrixModel

/// A diagnosis as JSON. The member names are a contract; they stay.
struct EncodedDiagnosis: Encodable {
    struct Cause: Encodable {
        let code: String
        let title: String
        let confidence: String
        let summary: String
        let proof: [Finding]
        let remedies: [Remedy]
        let wanted: [Wanted]
        /// Null where the article does not speak of it.
        let article: Article?

        init(_ conclusion: Conclusion, family: DistributionFamily) {
            code = conclusion.guide.code
            title = conclusion.guide.title
            confidence = conclusion.confidence.name
            summary = conclusion.summary
            proof = conclusion.findings
            remedies = conclusion.remedies(for: family)
            wanted = conclusion.wanted.map(Wanted.init)
            article = conclusion.guide.article.map(Article.init)
        }
    }

    /// A further file, and how to come by it.
    struct Wanted: Encodable {
        let file: String
        let command: String

        init(_ file: WantedFile) {
            self.file = file.rawValue
            command = file.command
        }
    }

    /// Something that was recognised and is not a cause.
    struct Remark: Encodable {
        let text: String
        let source: String
        let quote: String
    }

    struct Article: Encodable {
        let section: String
        let link: String

        init(_ section: ArticleSection) {
            self.section = section.title
            link = section.link
        }
    }

    let schema = 1
    let outcome: String
    let causes: [Cause]
    let remarks: [Remark]
    let wanted: [Wanted]
    let files: [String]
    let kernel: String?
    let distribution: String?
    let family: DistributionFamily
    let status: String?
    let warnings: [String]

    init(_ diagnosis: Diagnosis, warnings: [String], family: DistributionFamily) {
        outcome = diagnosis.outcome.rawValue
        causes = diagnosis.conclusions.map { Cause($0, family: family) }
        remarks = diagnosis.remarks.map { Remark(text: $0.text, source: $0.finding.source, quote: $0.finding.quote) }
        wanted = diagnosis.wanted.map(Wanted.init)
        files = diagnosis.facts.files
        kernel = diagnosis.facts.release?.value
        distribution = diagnosis.facts.distribution?.value
        self.family = family
        status = diagnosis.facts.status?.overall
        self.warnings = warnings + diagnosis.warnings
    }
}
