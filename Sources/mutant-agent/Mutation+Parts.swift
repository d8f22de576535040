import JSON
import AgentCore
import SystemPackage

extension Mutation {
    /// The agent's parts, of which one is faulty.
    var parts: AgentParts {
        var parts = AgentParts()
        switch self {
        case .crashesKernel, .panicsKernel, .oopsesKernel, .crashes, .cannotListen, .forgetsKey: break
        case .opensWrongFolder: parts.cgroup = { _, _ in "/proc" }
        case .requestsNoKey: parts.mayLatch = { _ in false }
        case .leavesIMDS: parts.redirected = { $0.redirected.subtracting([.imds]) }
        case .leavesWireServer: parts.redirected = { $0.redirected.subtracting([.wireServer]) }
        case .leavesHostGAPlugin: parts.redirected = { $0.redirected.subtracting([.hostGAPlugin]) }
        // Nothing listens there.
        case .forwardsNothing: parts.proxy.route = { _ in Endpoint(address: .loopback, port: 9) }
        case .forwardsUnsigned: parts.proxy.signingKey = { _ in nil }
        case .signsWithWrongKey: parts.proxy.signingKey = { Self.otherKey(named: $0.guid) }
        case .claimsRoot: parts.claim(isRoot: true)
        case .claimsOrdinaryUser: parts.claim(isRoot: false)
        case .namesOtherProcess:
            parts.changeClaims { claims, _ in claims.with(executable: "/usr/bin/another", commandLine: "another") }
        case .deniesAllowed: parts.authoriser = { _ in StrictAuthoriser() }
        case .ignoresRules: parts.authoriser = { _ in PermissiveAuthoriser() }
        case .reportsError: parts.statusDocument = { $0.replacing(["proxyAgentStatus", "status"], by: .string("ERROR")) }
        case .reportsDisabled:
            parts.statusDocument = { $0.replacing(["proxyAgentStatus", "keyLatchStatus", "states", "secureChannelState"], by: .string("disabled")) }
        case .trustsGroups:
            parts.changeClaims { claims, entry in
                ProcessIdentity(entry.processID)?.supplementaryGroups.contains(0) == true ? claims.with(isRoot: true) : claims
            }
        case .takesEffectiveUser:
            parts.changeClaims { claims, entry in
                ProcessIdentity(entry.processID).map { claims.with(isRoot: $0.effectiveUser == 0) } ?? claims
            }
        case .needsLivingProcess: parts.authoriser = { LivingProcessAuthoriser(rules: $0) }
        case .takesNamespaceUser:
            parts.changeClaims { claims, entry in
                ProcessIdentity.userInOwnNamespace(of: entry.processID, entry.userID).map { claims.with(isRoot: $0 == 0) } ?? claims
            }
        }
        return parts
    }

    /// A key of that name which the platform never issued.
    private static func otherKey(named guid: String) -> LatchedKey? {
        let document = JSONValue.object([
            .init("authorizationScheme", .string(RequestSigner.scheme)), .init("guid", .string(guid)),
            .init("key", .string(String(repeating: "5A", count: 32))),
        ])
        return try? KeyDocument(document).key
    }
}

extension AgentParts {
    fileprivate mutating func changeClaims(_ change: @escaping @Sendable (CallerClaims, AuditEntry) -> CallerClaims) {
        let identify = proxy.identify
        proxy.identify = { entry, users in change(identify(entry, users), entry) }
    }

    /// Only the claim is wrong: who may do what is still decided by the user.
    fileprivate mutating func claim(isRoot: Bool) {
        changeClaims { claims, _ in claims.with(isRoot: isRoot) }
        authoriser = { TrueUserAuthoriser(rules: $0) }
    }
}

extension CallerClaims {
    fileprivate func with(isRoot: Bool) -> CallerClaims {
        CallerClaims(
            processID: processID, userID: userID, userName: userName, groups: groups, isRoot: isRoot, executable: executable, commandLine: commandLine)
    }

    fileprivate func with(executable: String, commandLine: String) -> CallerClaims {
        CallerClaims(
            processID: processID, userID: userID, userName: userName, groups: groups, isRoot: isRoot, executable: executable, commandLine: commandLine)
    }
}

extension JSONValue {
    /// The document with the member at that path replaced; unchanged where there is no such member.
    fileprivate func replacing(_ path: ArraySlice<String>, by value: JSONValue) -> JSONValue {
        guard let name = path.first else { return value }
        guard case .object(let members) = self else { return self }
        return .object(members.map { $0.name == name ? Member(name, $0.value.replacing(path.dropFirst(), by: value)) : $0 })
    }

    fileprivate func replacing(_ path: [String], by value: JSONValue) -> JSONValue { replacing(path[...], by: value) }
}
