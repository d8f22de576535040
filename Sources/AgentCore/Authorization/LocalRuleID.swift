import JSON

/// A rule id that may state whether local files are used: base64 of `{"id": "...", "useLocalFileRules": true}`.
enum LocalRuleID {
    static func parse(_ text: String) -> (id: String, usesFile: Bool) {
        guard let bytes = Base64.decode(text), let document = try? JSONValue(parsing: bytes), case .string(let id)? = document["id"] else {
            return (text, false)
        }
        return (id, document["useLocalFileRules"] == .bool(true))
    }
}
