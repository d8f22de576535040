import MatrixModel
import StrictYAML

extension Expectations {
    /// Reads a file of its own: a mapping with the key `expectations` and no other.
    /// - Throws: `YAMLError` with the line.
    init(parsing text: String, source: String, today: CalendarDay) throws {
        let document = try YAMLNode(parsing: text, source: source)
        try document.allow("expectations")
        guard document["expectations"] != nil else { throw document.error("'expectations' is missing; add a list of entries") }
        try self.init(document.list("expectations"), today: today)
    }

    /// Reads the entries of a list inside another document. An entry whose last day is before `today` excuses nothing.
    init(_ nodes: [YAMLNode], today: CalendarDay) throws {
        let entries = try nodes.map(Entry.init)
        self.init(entries.filter { $0.until >= today }, expired: entries.filter { $0.until < today })
    }
}

extension Expectations.Entry {
    init(_ node: YAMLNode) throws {
        try node.allow("cells", "verdict", "cause", "reason", "until")
        func required(_ key: String, _ meaning: String) throws -> String {
            guard let text = try node.text(key), !text.allSatisfy(\.isWhitespace) else { throw node.error("'\(key)' is missing: \(meaning)") }
            return text
        }
        func parsed<Value>(_ key: String, _ body: () throws(SelectorError) -> Value) throws -> Value {
            do { return try body() } catch { throw node[key]?.error("'\(key)': \(error)") ?? node.error("\(error)") }
        }
        let pattern = try required("cells", "a cell's id, with * for any text")
        let day = try required("until", "the last valid day, such as 2027-03-31")
        guard let verdict: Verdict = try node.choice("verdict") else { throw node.error("'verdict' is missing: the expected verdict of these cells") }
        let cause: Cause? = try node.choice("cause")
        if cause != nil, verdict == .compatible { throw node["cause"]?.error("a compatible cell has no cause; remove 'cause'") ?? node.error("'cause'") }
        self.init(
            cells: try parsed("cells") { () throws(SelectorError) in try CellPattern(parsing: pattern) }, verdict: verdict, cause: cause,
            reason: try required("reason", "why this is expected"),
            until: try parsed("until") { () throws(SelectorError) in try CalendarDay(parsing: day) }, place: node.place)
    }
}
