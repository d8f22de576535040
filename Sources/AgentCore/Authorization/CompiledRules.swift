/// An authorisation item, prepared for decisions.
struct CompiledRules: Hashable, Sendable {
    /// A privilege, and the identities that have it.
    struct Grant: Hashable, Sendable {
        let name: String
        let path: String
        let query: [String: String]
        let identities: [RuleLists.Identity]
    }

    let item: AuthorizationItem
    let grants: [Grant]
    /// References to names that do not exist, and what was ignored because of them.
    let problems: [String]

    init(_ item: AuthorizationItem) {
        self.item = item
        guard let rules = item.rules, let privileges = rules.privileges, let roles = rules.roles, let identities = rules.identities,
            let assignments = rules.assignments
        else {
            (grants, problems) = ([], [])
            return
        }
        var problems: [String] = []
        let byRole = Dictionary(roles.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        let byName = Dictionary(identities.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        let known = Set(privileges.map(\.name))
        var holders: [String: [RuleLists.Identity]] = [:]
        for assignment in assignments {
            guard let role = byRole[assignment.role] else {
                problems.append("role '\(assignment.role)' is assigned and does not exist")
                continue
            }
            for name in assignment.identities where byName[name] == nil { problems.append("identity '\(name)' does not exist") }
            let members = assignment.identities.compactMap { byName[$0] }
            for privilege in role.privileges {
                guard known.contains(privilege) else {
                    problems.append("privilege '\(privilege)' does not exist")
                    continue
                }
                holders[privilege, default: []] += members
            }
        }
        let distinct = Dictionary(privileges.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        grants = distinct.values.sorted { $0.name < $1.name }.map { privilege in
            let query = privilege.query.map { ($0.key.lowercased(), $0.value.lowercased()) }
            return Grant(
                name: privilege.name, path: privilege.path.lowercased(), query: Dictionary(query, uniquingKeysWith: { _, last in last }),
                identities: holders[privilege.name] ?? [])
        }
        self.problems = problems
    }

    /// Whether the rules allow a caller's request.
    func allows(_ target: RuleTarget, _ caller: CallerClaims) -> Bool {
        // Azure's own agent checks the first of repeated parameters and forwards all. Here every reading has to be allowed.
        guard let readings = target.readings else { return false }
        return readings.allSatisfy { query in
            let matching = grants.filter { $0.matches(target.path, query) }
            // If privileges match the request but none of them the caller, the request is denied, whatever the default.
            return matching.isEmpty ? item.allowsByDefault : matching.contains { $0.identities.contains { $0.matches(caller) } }
        }
    }
}

extension CompiledRules.Grant {
    fileprivate func matches(_ path: RuleTarget.Text, _ pairs: [RuleTarget.Text: RuleTarget.Text]) -> Bool {
        path.starts(with: self.path.utf8)
            && query.allSatisfy { wanted in pairs[Array(wanted.key.utf8)].map { $0.elementsEqual(wanted.value.utf8) } ?? false }
    }
}

extension RuleLists.Identity {
    /// A field that is set does not match a caller for which the value is unknown.
    func matches(_ caller: CallerClaims) -> Bool {
        if let userName, !Self.areSame(userName, caller.userName) { return false }
        if let processName, caller.executable == nil || !Self.areSame(processName, caller.processName) { return false }
        if let executable {
            guard let own = caller.executable, Self.areSamePath(executable, own) else { return false }
        }
        if let groupName, !caller.groups.contains(where: { Self.areSame(groupName, $0) }) { return false }
        return true
    }

    /// Compares bytes: names that look the same may belong to different users.
    private static func areSame(_ first: some StringProtocol, _ second: some StringProtocol) -> Bool { first.utf8.elementsEqual(second.utf8) }

    private static func areSamePath(_ first: String, _ second: String) -> Bool {
        func components(_ path: String) -> [String.UTF8View.SubSequence] { path.utf8.split(separator: UInt8(ascii: "/")) }
        guard first.hasPrefix("/") == second.hasPrefix("/") else { return false }
        return components(first).elementsEqual(components(second)) { $0.elementsEqual($1) }
    }
}
