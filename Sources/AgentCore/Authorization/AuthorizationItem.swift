public import JSON

/// The authorisation rules of one service, as sent by the platform or extended by a local file.
public struct AuthorizationItem: Hashable, Sendable {
    public enum Mode: String, Hashable, Sendable { case disabled = "Disabled", audit = "Audit", enforce = "Enforce" }

    public var id: String
    public var mode: Mode
    /// The decision on requests that match no privilege.
    public var allowsByDefault: Bool
    /// Nil when there are none, or not all four lists of them.
    public var rules: RuleLists?

    /// Why a document is not an authorisation item.
    public struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    public init(id: String, mode: Mode, allowsByDefault: Bool, rules: RuleLists?) {
        self.id = id
        self.mode = mode
        self.allowsByDefault = allowsByDefault
        self.rules = rules
    }

    public init(_ document: JSONValue) throws(Malformed) {
        guard case .object = document else { throw Malformed(description: "it is \(document.typeName)") }
        let reader = RuleReader(document)
        self.init(
            id: try reader.text("id") ?? "", mode: Self.mode(try reader.text("mode") ?? ""),
            allowsByDefault: try reader.text("defaultAccess")?.lowercased() == "allow",
            rules: try document["rules"].flatMap { (rules) throws(Malformed) in rules == .null ? nil : try RuleLists(rules) })
    }

    /// The item in force if an item cannot be read: denies everything, unless the document still states that the mode is audit.
    static func closed(_ document: JSONValue) -> AuthorizationItem {
        var mode = Mode.enforce
        if case .string(let text)? = document["mode"], known[text.lowercased()] != nil { mode = Self.mode(text) }
        return AuthorizationItem(id: "", mode: mode, allowsByDefault: false, rules: nil)
    }

    private static let known: [String: Mode] = ["enforce": .enforce, "audit": .audit, "disabled": .disabled]

    private static func mode(_ text: String) -> Mode { known[text.lowercased()] ?? .disabled }
}

/// Privileges, roles, identities and role assignments.
public struct RuleLists: Hashable, Sendable {
    public struct Privilege: Hashable, Sendable {
        public var name: String
        public var path: String
        public var query: [String: String]
    }
    public struct Role: Hashable, Sendable {
        public var name: String
        public var privileges: [String]
    }
    /// Fields that are nil match every caller.
    public struct Identity: Hashable, Sendable {
        public var name: String
        public var userName: String?
        public var groupName: String?
        public var executable: String?
        public var processName: String?
    }
    public struct Assignment: Hashable, Sendable {
        public var role: String
        public var identities: [String]
    }

    public var privileges: [Privilege]?
    public var roles: [Role]?
    public var identities: [Identity]?
    public var assignments: [Assignment]?

    init(_ document: JSONValue) throws(AuthorizationItem.Malformed) {
        guard case .object = document else { throw AuthorizationItem.Malformed(description: "'rules' is \(document.typeName)") }
        let reader = RuleReader(document)
        privileges = try reader.list("privileges") { item throws(AuthorizationItem.Malformed) in
            Privilege(name: try item.need("name"), path: try item.need("path"), query: try item.pairs("queryParameters"))
        }
        roles = try reader.list("roles") { item throws(AuthorizationItem.Malformed) in
            Role(name: try item.need("name"), privileges: try item.texts("privileges"))
        }
        identities = try reader.list("identities") { item throws(AuthorizationItem.Malformed) in
            Identity(
                name: try item.need("name"), userName: try item.text("userName"), groupName: try item.text("groupName"),
                executable: try item.text("exePath"), processName: try item.text("processName"))
        }
        assignments = try reader.list("roleAssignments") { item throws(AuthorizationItem.Malformed) in
            Assignment(role: try item.need("role"), identities: try item.texts("identities"))
        }
    }
}

/// Reads members of known types, and reports one of another type.
struct RuleReader {
    /// The length limit of a list. A document with a longer list is not accepted as rules.
    static let longestList = 10_000

    private let document: JSONValue

    init(_ document: JSONValue) { self.document = document }

    func text(_ name: String) throws(AuthorizationItem.Malformed) -> String? {
        switch document[name] {
        case nil, .null: return nil
        case .string(let text): return text
        case .some(let other): throw wrong(name, other, "a string")
        }
    }

    func need(_ name: String) throws(AuthorizationItem.Malformed) -> String {
        guard let text = try text(name) else { throw AuthorizationItem.Malformed(description: "'\(name)' is missing") }
        return text
    }

    func texts(_ name: String) throws(AuthorizationItem.Malformed) -> [String] {
        var result: [String] = []
        for element in try elements(name) ?? [] {
            guard case .string(let text) = element else { throw wrong(name, element, "strings") }
            result.append(text)
        }
        return result
    }

    func pairs(_ name: String) throws(AuthorizationItem.Malformed) -> [String: String] {
        var result: [String: String] = [:]
        switch document[name] {
        case nil, .null: return [:]
        case .object(let members):
            for member in members {
                guard case .string(let text) = member.value else { throw wrong(name, member.value, "strings") }
                result[member.name] = text
            }
        case .some(let other): throw wrong(name, other, "an object")
        }
        return result
    }

    func list<Element>(
        _ name: String, _ body: (RuleReader) throws(AuthorizationItem.Malformed) -> Element
    ) throws(AuthorizationItem.Malformed) -> [Element]? {
        guard let elements = try elements(name) else { return nil }
        var result: [Element] = []
        for element in elements {
            guard case .object = element else { throw wrong(name, element, "objects") }
            result.append(try body(RuleReader(element)))
        }
        return result
    }

    private func elements(_ name: String) throws(AuthorizationItem.Malformed) -> [JSONValue]? {
        switch document[name] {
        case nil, .null: return nil
        case .array(let elements) where elements.count <= Self.longestList: return elements
        case .array: throw AuthorizationItem.Malformed(description: "'\(name)' has more than \(Self.longestList) elements")
        case .some(let other): throw wrong(name, other, "a list")
        }
    }

    private func wrong(_ name: String, _ found: JSONValue, _ expected: String) -> AuthorizationItem.Malformed {
        AuthorizationItem.Malformed(description: "'\(name)' has \(found.typeName) instead of \(expected)")
    }
}
