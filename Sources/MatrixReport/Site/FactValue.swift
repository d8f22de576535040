/// A value of any type in `facts.json`: the file may come from another version of kmatrix, or may have been edited.
enum FactValue: Decodable, Hashable {
    case text(String)
    case number(Double)
    case flag(Bool)
    case list([FactValue])
    case members([String: FactValue])
    case null

    private static let shown = 64

    /// Tries the most frequent type first, because each failed attempt is slow.
    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([FactValue].self) {
            self = .list(list)
        } else if let members = try? value.decode([String: FactValue].self) {
            self = .members(members)
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else {
            self = value.decodeNil() ? .null : .number(try value.decode(Double.self))
        }
    }

    var text: String? { if case .text(let text) = self, !text.isEmpty { text } else { nil } }
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    var members: [String: FactValue]? { if case .members(let members) = self { members } else { nil } }
    /// The texts of a list; nil for any other value.
    var texts: [String]? { if case .list(let list) = self { list.compactMap(\.text) } else { nil } }

    subscript(_ name: String) -> FactValue? { members?[name] }

    /// The value in words, for a fact that no group knows; nil when it is empty.
    var words: String? {
        switch self {
        case .text(let text): text.isEmpty ? nil : text
        case .number(let number): Figure.plain(number)
        case .flag(let flag): flag ? "yes" : "no"
        case .list(let list): Self.joined(list.compactMap(\.words))
        case .members(let members): Self.joined(members.sorted { $0.key < $1.key }.compactMap { name, value in value.words.map { "\(name): \($0)" } })
        case .null: nil
        }
    }

    private static func joined(_ words: [String]) -> String? {
        words.isEmpty ? nil : words.prefix(shown).joined(separator: "; ") + (words.count > shown ? "; …" : "")
    }
}
