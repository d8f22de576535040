/// An error of the control plane that has to do with the protocol, as the article lists them.
public struct ControlPlaneError: Hashable, Sendable {
    /// As the control plane names it; two codes share one row where the article has it so.
    public let codes: [String]
    /// The message, with `{0}` for what the control plane fills in.
    public let message: String
    /// The meaning of each of `{0}`, `{1}` …
    public let parameters: [String]
    /// The property of the virtual machine's model that it is about.
    public let property: String?
    public let action: String
    /// Commands that carry the action out.
    public let commands: [String]

    public static var section: ArticleSection { .errorCodes }

    /// The rows for a code, ignoring case; empty for a code that is not listed.
    public static func rows(code: some StringProtocol) -> [ControlPlaneError] {
        let wanted = code.lowercased()
        return all.filter { $0.codes.contains { $0.lowercased() == wanted } }
    }

    /// The row for a mode that the API does not know.
    public static func invalidMode(endpoint: String) -> ControlPlaneError? { all.first { $0.message.contains("\(endpoint).mode is invalid") } }

    /// The row for an endpoint that has both a mode and a profile.
    public static func conflict(endpoint: String) -> ControlPlaneError? {
        all.first { $0.message.contains("\(endpoint).inVMAccessControlProfileReferenceId can't be used together") }
    }

    /// The rows whose message occurs in a pasted text, with the values that the control plane filled in.
    public static func matches(in text: some StringProtocol) -> [(row: ControlPlaneError, filledIn: [String])] {
        let words = normalised(text)
        return all.compactMap { row in row.filledIn(in: words).map { (row, $0) } }
    }

    /// The values for `{0}` …; nil when the message is not in the text.
    private func filledIn(in text: String) -> [String]? {
        let parts = Self.literalParts(of: Self.normalised(message))
        guard let first = parts.first, let start = text.firstRange(of: first) else { return nil }
        var rest = text[start.upperBound...]
        var found: [String] = []
        for part in parts.dropFirst() {
            if part.isEmpty {
                found.append(String(rest.prefix { $0 != "\"" }))
                return found
            }
            guard let next = rest.firstRange(of: part) else { return nil }
            found.append(String(rest[..<next.lowerBound]))
            rest = rest[next.upperBound...]
        }
        return found
    }

    /// The text between the places.
    private static func literalParts(of message: String) -> [String] {
        var parts = [""]
        var rest = message[...]
        while let character = rest.first {
            let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            if character == "{", !digits.isEmpty, rest.dropFirst(1 + digits.count).first == "}" {
                parts.append("")
                rest = rest.dropFirst(digits.count + 2)
            } else {
                parts[parts.count - 1].append(character)
                rest = rest.dropFirst()
            }
        }
        return parts
    }

    /// Quotes of any shape and runs of blanks are what mail programs and portals change.
    private static func normalised(_ text: some StringProtocol) -> String {
        var out = ""
        for character in text {
            let plain: Character = "‘’`´".contains(character) ? "'" : "“”".contains(character) ? "\"" : character.isWhitespace ? " " : character
            if plain == " ", out.last == " " { continue }
            out.append(plain)
        }
        return out
    }
}
