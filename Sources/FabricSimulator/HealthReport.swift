/// The health a guest reports to WireServer, as cloud-init and the Linux agent write it.
struct HealthReport {
    let state: String
    let description: String?

    /// Nil for any other request.
    init?(_ request: PlatformRequest) {
        guard request.method == "POST", request.query["comp"]?.lowercased() == "health" else { return nil }
        let text = String(decoding: request.body.prefix(FabricLimits.body), as: UTF8.self)
        guard let state = Self.content(of: "State", in: text) else { return nil }
        self.state = state
        description = Self.content(of: "Description", in: text)
    }

    /// The text of an element. In these reports the requested elements contain no others.
    private static func content(of name: String, in text: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>"), let end = text[start.upperBound...].firstRange(of: "</\(name)>") else { return nil }
        return unescaped(text[start.upperBound..<end.lowerBound])
    }

    /// Decodes XML's five entities, and the two numeric ones that Python writes for quotes.
    private static func unescaped(_ text: Substring) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#x27;", "'"), ("&#34;", "\""), ("&amp;", "&")]
            .reduce(String(text)) { $0.replacing($1.0, with: $1.1) }
    }
}
