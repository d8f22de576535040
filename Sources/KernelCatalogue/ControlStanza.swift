/// A paragraph of Debian's control syntax (deb822(5)): fields with continuation lines. Field names count without their case.
struct ControlStanza {
    private var fields: [String: String] = [:]

    subscript(name: String) -> String? { fields[name.lowercased()] }

    var isEmpty: Bool { fields.isEmpty }

    static func parse(_ text: some StringProtocol) -> [ControlStanza] {
        var stanzas: [ControlStanza] = []
        var current = ControlStanza()
        var field: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.allSatisfy(\.isWhitespace) {
                if !current.isEmpty { stanzas.append(current) }
                current = ControlStanza()
                field = nil
            } else if line.first == "#" {
                continue
            } else if line.first == " " || line.first == "\t" {
                if let field { current.fields[field, default: ""] += "\n" + line.drop(while: \.isWhitespace) }
            } else if let colon = line.firstIndex(of: ":") {
                let name = line[..<colon].lowercased()
                current.fields[name] = String(line[line.index(after: colon)...].drop(while: \.isWhitespace))
                field = name
            }
        }
        if !current.isEmpty { stanzas.append(current) }
        return stanzas
    }
}
