import Guidance
import MatrixModel
import Probes

/// A cause, a proof or an error of the control plane, explained. The member names are a contract; they stay.
struct Explanation: Encodable {
    enum Kind: String, Encodable {
        case cause
        case proof
        case controlPlane = "control-plane"
    }

    struct Parameter: Encodable {
        let place: String
        let meaning: String
        /// What stood there in the message that was pasted; null without one.
        let value: String?
    }

    let kind: Kind
    let codes: [String]
    let title: String
    let symptom: String?
    let proof: String?
    let parameters: [Parameter]
    let property: String?
    let remedies: [Remedy]
    let action: String?
    let commands: [String]
    let article: EncodedDiagnosis.Article?

    init(_ guide: CauseGuide, family: DistributionFamily) {
        kind = .cause
        codes = [guide.code]
        title = guide.title
        symptom = guide.symptom
        proof = guide.proof
        parameters = []
        property = nil
        remedies = guide.remedies(for: family)
        action = nil
        commands = []
        article = guide.article.map(EncodedDiagnosis.Article.init)
    }

    init(_ probe: Probe) {
        kind = .proof
        codes = [probe.id.rawValue]
        title = probe.title
        symptom = probe.weight == .essential ? "A cell in which it fails is incompatible." : "A cell in which only such proofs fail is degraded."
        proof = probe.needs.isEmpty ? nil : "Not reached unless \(probe.needs.map(\.rawValue).joined(separator: ", ")) passed."
        parameters = []
        property = nil
        remedies = []
        action = nil
        commands = []
        article = nil
    }

    init(_ row: ControlPlaneError, filledIn: [String]) {
        kind = .controlPlane
        codes = row.codes
        title = row.message
        symptom = nil
        proof = nil
        parameters = row.parameters.enumerated().map { index, meaning in
            Parameter(place: "{\(index)}", meaning: meaning, value: index < filledIn.count ? String(filledIn[index].prefix(400)) : nil)
        }
        property = row.property
        remedies = []
        action = row.action
        commands = row.commands
        article = EncodedDiagnosis.Article(ControlPlaneError.section)
    }

    /// What a person asked for: a code of either kind, or text that one of the messages is in.
    static func of(_ text: String, family: DistributionFamily) -> [Explanation] {
        let code = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if let guide = CauseGuide(code: code) { return [Explanation(guide, family: family)] }
        if let probe = Probe.all.first(where: { $0.id.rawValue == code }) { return [Explanation(probe)] }
        let rows = ControlPlaneError.rows(code: code)
        if !rows.isEmpty { return rows.map { Explanation($0, filledIn: []) } }
        return ControlPlaneError.matches(in: text).map { Explanation($0.row, filledIn: $0.filledIn) }
    }

    var text: String {
        var lines = kind != .controlPlane ? ["\(codes.joined(separator: "/")): \(title)"] : ["\(codes.joined(separator: "/"))", "  \(title)"]
        if let symptom { lines += [kind == .proof ? "  weight" : "  symptom", "    \(symptom)"] }
        if let proof { lines += [kind == .proof ? "  needs" : "  proof", "    \(proof)"] }
        if !parameters.isEmpty {
            lines += ["  parameters"] + parameters.map { "    \($0.place) \($0.meaning)\($0.value.map { ": \($0.debugDescription)" } ?? "")" }
        }
        if let property { lines += ["  property", "    \(property)"] }
        if !remedies.isEmpty { lines += ["  remedy"] + DiagnosisText.remedies(remedies, indent: "    ") }
        if let action { lines += ["  action", "    \(action)"] + commands.map { "      \($0)" } }
        if let article { lines += ["  article", "    \(article.section): \(article.link)"] }
        return lines.joined(separator: "\n") + "\n"
    }
}
