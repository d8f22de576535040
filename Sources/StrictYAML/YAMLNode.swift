import Yams

/// A node of a YAML document that knows its line, and refuses keys that its reader does not read.
public struct YAMLNode {
    private let node: Node
    private let source: String

    /// - Throws: `YAMLError` for what is not YAML or no mapping.
    public init(parsing text: String, source: String) throws {
        let composed: Node?
        do { composed = try Yams.compose(yaml: text) } catch {
            // Its description has the lines around the mistake; the first says what and where.
            let first = "\(error)".split(separator: "\n").first.map(String.init) ?? "unreadable"
            throw YAMLError(source: source, line: nil, reason: "invalid YAML: \(first)")
        }
        guard let composed, composed.mapping != nil else { throw YAMLError(source: source, line: nil, reason: "the document must be a mapping") }
        self.init(composed, source)
    }

    private init(_ node: Node, _ source: String) {
        self.node = Self.merged(node)
        self.source = source
    }

    /// `<<: *other` brings the other mapping's keys, but for those that stand next to it (yaml.org/type/merge.html).
    private static func merged(_ node: Node) -> Node {
        guard let mapping = node.mapping, let other = mapping["<<"].map(merged)?.mapping else { return node }
        let own = mapping.filter { $0.key.string != "<<" }
        let inherited = other.filter { pair in !own.contains { $0.key.string == pair.key.string } }
        return .mapping(Node.Mapping((own + inherited).map { ($0.key, $0.value) }, mapping.tag, mapping.style, mapping.mark))
    }

    public func error(_ reason: String) -> YAMLError { YAMLError(source: source, line: node.mark?.line, reason: reason) }

    /// Where the node is, as `file:line`.
    public var place: String { source + (node.mark.map { ":\($0.line)" } ?? "") }

    public subscript(_ key: String) -> YAMLNode? { node.mapping?[key].map { YAMLNode($0, source) } }

    /// Refuses any other key, and what is not a mapping.
    public func allow(_ keys: String...) throws { try allow(keys) }

    public func allow(_ keys: [String]) throws {
        guard let mapping = node.mapping else { throw error("expected a mapping with the keys \(keys.joined(separator: ", "))") }
        for (key, _) in mapping where !keys.contains(key.string ?? "") {
            throw YAMLNode(key, source).error("unknown key '\(key.string ?? "?")'; known are \(keys.joined(separator: ", "))")
        }
    }

    /// The node's text; nil for a list or a mapping.
    public var string: String? { node.scalar?.string }

    /// The node's texts; nil for what is not a list of texts.
    public var texts: [String]? {
        guard let items = node.sequence else { return nil }
        let texts = items.compactMap(\.scalar?.string)
        return texts.count == items.count ? texts : nil
    }

    /// Whether the node is empty.
    public var isNull: Bool { node.null != nil }

    public var keys: [String] { node.mapping?.compactMap { $0.key.string } ?? [] }

    public func text(_ key: String) throws -> String? {
        guard let found = self[key] else { return nil }
        guard let text = found.node.scalar?.string else { throw found.error("'\(key)' must be text") }
        return text
    }

    public func flag(_ key: String) throws -> Bool? {
        guard let text = try text(key) else { return nil }
        switch text {
        case "true", "yes": return true
        case "false", "no": return false
        default: throw self[key]?.error("'\(key)' must be true or false") ?? error("'\(key)'")
        }
    }

    public func number(_ key: String, upTo limit: Int) throws -> Int? {
        guard let text = try text(key) else { return nil }
        guard let number = Int(text), (0...limit).contains(number) else {
            throw self[key]?.error("'\(key)' must be a whole number up to \(limit)") ?? error("'\(key)'")
        }
        return number
    }

    public func milliseconds(_ key: String) throws -> Duration? { try number(key, upTo: 120_000).map { .milliseconds($0) } }

    public func choice<Value: RawRepresentable & CaseIterable>(_ key: String) throws -> Value? where Value.RawValue == String {
        guard let text = try text(key) else { return nil }
        guard let value = Value(rawValue: text) else {
            let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw self[key]?.error("'\(key)' cannot be '\(text)'; allowed are \(known)") ?? error("'\(key)'")
        }
        return value
    }

    public func list(_ key: String) throws -> [YAMLNode] {
        guard let found = self[key] else { return [] }
        guard let sequence = found.node.sequence else { throw found.error("'\(key)' must be a list") }
        return sequence.map { YAMLNode($0, source) }
    }

    /// The node as JSON: YAML's plain scalars that read as numbers or booleans become those.
    public var json: String {
        switch node {
        case .mapping(let mapping):
            "{" + mapping.map { "\(Self.quoted($0.key.string ?? "")):\(YAMLNode($0.value, source).json)" }.joined(separator: ",") + "}"
        case .sequence(let sequence): "[" + sequence.map { YAMLNode($0, source).json }.joined(separator: ",") + "]"
        case .scalar(let scalar): Self.quoted(scalar.string)
        default: "null"
        }
    }

    public static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\u{0}"..<" ": "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count) + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
