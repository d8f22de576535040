/// Text taken from evidence, made fit to be in a finding.
public enum Quote {
    /// The most of a line that a finding carries, in characters.
    static let limit = 400

    /// One line, bounded, with control characters shown as escapes: a guest's words must not steer a terminal.
    public static func line(_ text: some StringProtocol) -> String {
        var out = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            out.unicodeScalars.append(contentsOf: isSafe(scalar) ? [scalar] : Array("\\u{\(String(scalar.value, radix: 16))}".unicodeScalars))
        }
        return text.unicodeScalars.count > limit ? out + "…" : out
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
