import JSON

/// A customer's own rules for one service, in a file next to the keys. The platform decides whether they are used.
struct LocalRuleFile: Hashable, Sendable {
    /// The prefix of the file's names, so that they do not collide with the platform's.
    static let prefix = "LocalFileRules_"
    static let largestFile = 1 << 20

    let id: String?
    let allowsByDefault: Bool?
    let rules: RuleLists?

    struct Invalid: Error, Hashable, CustomStringConvertible { let description: String }

    /// - Throws: The error in the file. Then all requests are denied: an invalid file must not open anything.
    init(parsing bytes: [UInt8]) throws(Invalid) {
        do {
            let document = try JSONValue(parsing: bytes)
            guard case .object = document else { throw Invalid(description: "it is \(document.typeName)") }
            let reader = RuleReader(document)
            id = try reader.text("id")
            let access = try reader.text("defaultAccess")?.lowercased()
            guard access == nil || access == "allow" || access == "deny" else {
                throw Invalid(description: "'defaultAccess' is neither allow nor deny")
            }
            allowsByDefault = access.map { $0 == "allow" }
            if let rules = document["rules"], rules != .null { self.rules = try RuleLists(rules) } else { rules = nil }
        } catch let error as Invalid {
            throw error
        } catch {
            throw Invalid(description: "\(error)")
        }
        if let id, id.allSatisfy(\.isWhitespace) { throw Invalid(description: "'id' is blank") }
        if let rules { try Self.check(rules) }
    }

    // MARK: Validation

    private static func check(_ rules: RuleLists) throws(Invalid) {
        let privileges = try names(rules.privileges?.map(\.name), "privileges")
        let identities = try names(rules.identities?.map(\.name), "identities")
        let roles = try names(rules.roles?.map(\.name), "roles")
        for privilege in rules.privileges ?? [] {
            guard !isBlank(privilege.path) else { throw Invalid(description: "privilege '\(privilege.name)' has no path") }
            guard !privilege.query.contains(where: { isBlank($0.key) || isBlank($0.value) }) else {
                throw Invalid(description: "privilege '\(privilege.name)' has a blank query parameter")
            }
        }
        for role in rules.roles ?? [] { try references(role.privileges, in: privileges, "role '\(role.name)'", "privilege") }
        for identity in rules.identities ?? [] {
            let selectors = [identity.userName, identity.groupName, identity.executable, identity.processName].compactMap(\.self)
            guard selectors.contains(where: { !isBlank($0) }) else { throw Invalid(description: "identity '\(identity.name)' selects no process") }
        }
        for assignment in rules.assignments ?? [] {
            guard roles.contains(assignment.role) else { throw Invalid(description: "role '\(assignment.role)' is assigned and does not exist") }
            try references(assignment.identities, in: identities, "the assignment of role '\(assignment.role)'", "identity")
        }
    }

    private static func names(_ names: [String]?, _ list: String) throws(Invalid) -> Set<String> {
        let names = names ?? []
        guard !names.contains(where: isBlank) else { throw Invalid(description: "'\(list)' has an element without a name") }
        guard Set(names).count == names.count else { throw Invalid(description: "'\(list)' has a name twice") }
        return Set(names)
    }

    private static func references(_ names: [String], in known: Set<String>, _ subject: String, _ kind: String) throws(Invalid) {
        guard !names.isEmpty else { throw Invalid(description: "\(subject) has no \(kind)") }
        guard Set(names).count == names.count else { throw Invalid(description: "\(subject) names a \(kind) twice") }
        if let unknown = names.first(where: { !known.contains($0) }) {
            throw Invalid(description: "\(subject) names \(kind) '\(unknown)', which does not exist")
        }
    }

    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
}

extension RuleLists {
    /// The platform's rules together with the file's, whose names get the prefix.
    func merged(with local: RuleLists) -> RuleLists {
        var result = self
        func own(_ name: String) -> String { LocalRuleFile.prefix + name }
        func join<Element>(_ first: [Element]?, _ second: [Element]?) -> [Element]? {
            first == nil && second == nil ? nil : (first ?? []) + (second ?? [])
        }
        result.privileges = join(privileges, local.privileges?.map { Privilege(name: own($0.name), path: $0.path, query: $0.query) })
        result.roles = join(roles, local.roles?.map { Role(name: own($0.name), privileges: $0.privileges.map(own)) })
        result.identities = join(
            identities,
            local.identities?.map { identity in
                var renamed = identity
                renamed.name = own(identity.name)
                return renamed
            })
        result.assignments = join(assignments, local.assignments?.map { Assignment(role: own($0.role), identities: $0.identities.map(own)) })
        return result
    }
}
