import Guidance
import MatrixModel

/// A diagnosis as a person reads it.
enum DiagnosisText {
    /// Of equally sure causes all are shown; of what is merely possible next to something surer, only the names.
    static func render(_ diagnosis: EncodedDiagnosis, isFamilyKnown: Bool) -> String {
        var lines: [String] = []
        let known = [diagnosis.distribution, diagnosis.kernel.map { "kernel \($0)" }, diagnosis.status.map { "status \($0)" }].compactMap(\.self)
        if !known.isEmpty { lines += [known.map(shown).joined(separator: ", "), ""] }
        let shownCauses = diagnosis.causes.enumerated().filter { $0.offset == 0 || $0.element.confidence != "possible" }.map(\.element)
        for cause in shownCauses { lines += block(cause) + [""] }
        let further = diagnosis.causes.filter { cause in !shownCauses.contains { $0.code == cause.code } }
        if !further.isEmpty { lines += ["Also possible: \(further.map { "\($0.code) (\($0.summary))" }.joined(separator: "; "))", ""] }
        switch diagnosis.outcome {
        case "healthy": lines += ["No trouble found: every part of the agent that these files describe works.", ""]
        case "undetermined": lines += ["The cause is undetermined. To settle it, send:"] + wanted(diagnosis.wanted) + [""]
        default: if !isFamilyKnown { lines += ["The distribution is not known; use --family for its commands.", ""] }
        }
        if !diagnosis.remarks.isEmpty { lines += ["Recognised:"] + diagnosis.remarks.map { "    \($0.text) (\($0.source): \($0.quote))" } + [""] }
        lines += diagnosis.warnings.map { "warning: \(shown($0))" }
        return lines.joined(separator: "\n").trimmedEnd + "\n"
    }

    private static func block(_ cause: EncodedDiagnosis.Cause) -> [String] {
        var lines = ["\(cause.code) (\(cause.confidence)): \(cause.title)", "  \(cause.summary)"]
        if !cause.proof.isEmpty { lines += ["  proof"] + cause.proof.map { "    \($0.source): \($0.quote)" } }
        lines += ["  remedy"] + remedies(cause.remedies, indent: "    ")
        if !cause.wanted.isEmpty { lines += ["  what would settle it"] + wanted(cause.wanted) }
        if let article = cause.article { lines += ["  article", "    \(article.section): \(article.link)"] }
        return lines
    }

    static func remedies(_ remedies: [Remedy], indent: String) -> [String] {
        remedies.enumerated().flatMap { index, remedy in
            ["\(indent)\(index + 1). \(remedy.action)"] + remedy.commands.map { "\(indent)     \($0)" } + (remedy.note.map { ["\(indent)   \($0)"] } ?? [])
        }
    }

    private static func wanted(_ files: [EncodedDiagnosis.Wanted]) -> [String] { files.map { "    \($0.file): \($0.command)" } }

    /// Names come from strangers.
    private static func shown(_ text: String) -> String {
        String(text.unicodeScalars.map { [.control, .format].contains($0.properties.generalCategory) ? "?" : Character($0) })
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var rest = self[...]
        while rest.last == "\n" { rest.removeLast() }
        return String(rest)
    }
}
