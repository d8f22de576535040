import JSON

internal import Glibc
internal import SystemPackage

/// Writes the rules in force to a file at each change.
struct RuleSnapshots: Sendable {
    static let kept = 5
    private static let prefix = "AuthorizationRules_"

    let folder: FilePath

    func write(inputs: [PlatformService: JSONValue], computed: [PlatformService: CompiledRules]) throws(Errno) {
        let stamp = String(WallClock.now.timestamp.map { $0 == ":" ? "." : $0 })
        let path = folder.appending("\(Self.prefix)\(stamp)-\(WallClock.nanoseconds).json")
        let services = PlatformService.allCases
        let document = JSONValue.object([
            .init("inputRules", .object(services.compactMap { service in inputs[service].map { .init(service.rawValue, $0) } })),
            .init("computedRules", .object(services.compactMap { service in computed[service].map { .init(service.rawValue, $0.json) } })),
        ])
        try BoundedFile.makeFolder(folder)
        try BoundedFile.replace(path, with: document.text(pretty: true).utf8, permissions: FilePermissions(rawValue: 0o640))
        prune()
    }

    private func prune() {
        let names = BoundedFile.names(in: folder).filter { $0.hasPrefix(Self.prefix) && $0.hasSuffix(".json") }
        for name in names.sorted().dropLast(Self.kept) { unlink(folder.appending(name).string) }
    }
}

extension CompiledRules {
    fileprivate var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        let privileges = grants.map { grant in
            JSONValue.Member(
                grant.name,
                .object([
                    .init("path", .string(grant.path)),
                    .init("queryParameters", .object(grant.query.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
                ]))
        }
        let assigned = grants.map { JSONValue.Member($0.name, .array($0.identities.map { .string($0.name) })) }
        let identities = Dictionary(grants.flatMap(\.identities).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return .object([
            .init("id", .string(item.id)), .init("defaultAllowed", .bool(item.allowsByDefault)), .init("mode", .string(item.mode.rawValue)),
            .init("privileges", .object(privileges)), .init("privilegeAssignments", .object(assigned)),
            .init(
                "identities",
                .object(
                    identities.values.sorted { $0.name < $1.name }.map { identity in
                        .init(
                            identity.name,
                            .object([
                                .init("userName", text(identity.userName)), .init("groupName", text(identity.groupName)),
                                .init("exePath", text(identity.executable)), .init("processName", text(identity.processName)),
                            ]))
                    })),
        ])
    }
}
