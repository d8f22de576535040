import MatrixModel

/// Plain text, or text for a terminal with colours.
public enum TextStyle: Hashable, Sendable {
    case plain, colour

    func paint(_ text: String, for verdict: Verdict) -> String {
        guard self == .colour else { return text }
        let code =
            switch verdict {
            case .compatible: "32"
            case .degraded: "33"
            case .incompatible: "31"
            case .inconclusive: "35"
            case .unavailable, .notRun: "90"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    func bold(_ text: String) -> String { self == .colour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
}
