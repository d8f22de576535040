import JSON
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import AgentCore

/// The rules most tests use: root may read instance and token, the group `readers` the instance alone.
enum RuleSamples {
    static let rules = """
        {"privileges":[{"name":"instance","path":"/Metadata/Instance"},{"name":"token","path":"/metadata/identity",\
        "queryParameters":{"Resource":"https://Vault"}}],
        "roles":[{"name":"all","privileges":["instance","token"]},{"name":"read","privileges":["instance"]}],
        "identities":[{"name":"root","userName":"root"},{"name":"readers","groupName":"readers"}],
        "roleAssignments":[{"role":"all","identities":["root"]},{"role":"read","identities":["readers"]}]}
        """

    static func item(mode: String = "enforce", access: String = "deny", id: String = "r1", rules: String? = rules) throws -> JSONValue {
        let members = rules.map { ",\"rules\":\($0)" } ?? ""
        return try JSONValue(parsing: Array("{\"id\":\"\(id)\",\"mode\":\"\(mode)\",\"defaultAccess\":\"\(access)\"\(members)}".utf8))
    }

    static func caller(_ user: String = "root", groups: [String] = [], executable: String = "/usr/bin/curl") -> CallerClaims {
        CallerClaims(
            processID: 1, userID: user == "root" ? 0 : 1000, userName: user, groups: groups, isRoot: user == "root", executable: executable, commandLine: "")
    }

    /// `{"id": "pt", "useLocalFileRules": true}`.
    static let localID = "eyJpZCI6ICJwdCIsICJ1c2VMb2NhbEZpbGVSdWxlcyI6IHRydWV9"
}

@Suite("Authorisation rules")
struct RuleTests {
    private static func allows(_ target: String, _ caller: CallerClaims, access: String = "deny", rules: String = RuleSamples.rules) throws -> Bool {
        CompiledRules(try AuthorizationItem(try RuleSamples.item(access: access, rules: rules))).allows(RuleTarget(target), caller)
    }

    @Test(
        "allow who holds a privilege that matches",
        arguments: [
            ("/metadata/instance?api-version=1", "root", true), ("/METADATA/INSTANCE/compute", "root", true), ("/metadata/%69nstance", "root", true),
            ("/metadata/versions", "root", false), ("/metadata/instance", "eve", false), ("/metadata/identity?resource=https://vault", "root", true),
            ("/metadata/identity?RESOURCE=https%3A%2F%2FVAULT", "root", true), ("/metadata/identity", "root", false),
            ("/metadata/identity?resource=https://other", "root", false), ("/metadata/identity%3Fresource=https://vault", "root", true),
            ("/metadata%2Finstance", "root", true), ("/metadata%252Finstance", "root", false),
        ])
    func matching(target: String, user: String, isAllowed: Bool) throws {
        #expect(try Self.allows(target, RuleSamples.caller(user)) == isAllowed)
    }

    @Test("know groups")
    func groups() throws {
        #expect(try Self.allows("/metadata/instance", RuleSamples.caller("eve", groups: ["users", "readers"])))
        #expect(try !Self.allows("/metadata/identity?resource=https://vault", RuleSamples.caller("eve", groups: ["readers"])))
    }

    @Test("forbid what a privilege of somebody else's speaks of, whatever the default")
    func denied() throws {
        #expect(try !Self.allows("/metadata/instance", RuleSamples.caller("eve"), access: "allow"))
        #expect(try Self.allows("/metadata/versions", RuleSamples.caller("eve"), access: "allow"))
    }

    @Test(
        "judge every value of a repeated parameter, wherever it stands",
        arguments: [
            "/metadata/identity?resource=https://vault&resource=https://other", "/metadata/identity?resource=https://other&resource=https://vault",
            "/metadata/identity%3Fresource=https://vault?resource=https://other", "/metadata/identity?resource=https://vault&Resource=x",
        ])
    func repeated(target: String) throws {
        #expect(try !Self.allows(target, RuleSamples.caller()))
        // With a default of allow, the reading that a privilege forbids still counts.
        #expect(try !Self.allows(target, RuleSamples.caller("eve"), access: "allow"))
    }

    @Test("refuse a request that can be read in too many ways")
    func tooMany() throws {
        let query = (0..<8).map { "a\($0)=1&a\($0)=2" }.joined(separator: "&")
        #expect(RuleTarget("/x?\(query)").readings == nil)
        #expect(try !Self.allows("/metadata/instance?\(query)", RuleSamples.caller()))
    }

    @Test(
        "match identities by every field that is set",
        arguments: [
            (#"{"name":"i","userName":"root","exePath":"/usr/bin/curl"}"#, true), (#"{"name":"i","exePath":"/usr//bin/curl"}"#, true),
            (#"{"name":"i","exePath":"/usr/bin/wget"}"#, false), (#"{"name":"i","processName":"curl"}"#, true), (#"{"name":"i","processName":"Curl"}"#, false),
            (#"{"name":"i","userName":"Root"}"#, false), (#"{"name":"i","userName":"rооt"}"#, false), (#"{"name":"i"}"#, true),
            (#"{"name":"i","userName":"root","groupName":"nobody"}"#, false),
        ])
    func identities(identity: String, isAllowed: Bool) throws {
        let rules =
            #"{"privileges":[{"name":"p","path":"/"}],"roles":[{"name":"r","privileges":["p"]}],"identities":[\#(identity)],"#
            + #""roleAssignments":[{"role":"r","identities":["i"]}]}"#
        #expect(try Self.allows("/x", RuleSamples.caller(), rules: rules) == isAllowed)
    }

    @Test(
        "that are not whole leave the default to decide",
        arguments: ["{}", #"{"privileges":[]}"#, #"{"privileges":[{"name":"p","path":"/"}],"roles":[],"identities":[]}"#])
    func partial(rules: String) throws {
        #expect(try !Self.allows("/x", RuleSamples.caller(), rules: rules))
        #expect(try Self.allows("/x", RuleSamples.caller("eve"), access: "allow", rules: rules))
    }

    @Test("that refer to nothing are left out, and said so")
    func dangling() throws {
        let rules =
            #"{"privileges":[{"name":"p","path":"/"}],"roles":[{"name":"r","privileges":["p","gone"]}],"identities":[{"name":"i"}],"#
            + #""roleAssignments":[{"role":"r","identities":["i","lost"]},{"role":"none","identities":["i"]}]}"#
        let compiled = CompiledRules(try AuthorizationItem(try RuleSamples.item(rules: rules)))
        #expect(compiled.allows(RuleTarget("/x"), RuleSamples.caller()))
        #expect(compiled.problems.count == 3)
    }

    @Test(
        "of other types are no rules",
        arguments: [
            #"{"id":7}"#, #"{"defaultAccess":true}"#, #"{"rules":[]}"#.replacing("[]", with: #"{"privileges":{}}"#), #"{"rules":{"privileges":[7]}}"#,
            #"{"rules":{"privileges":[{"name":"p"}]}}"#, #"{"rules":{"roles":[{"name":"r","privileges":"p"}]}}"#,
            #"{"rules":{"privileges":[{"name":"p","path":"/","queryParameters":{"a":1}}]}}"#,
        ])
    func malformed(text: String) throws {
        let document = try JSONValue(parsing: Array(text.utf8))
        #expect(throws: AuthorizationItem.Malformed.self) { try AuthorizationItem(document) }
    }
}

@Suite("The rules in force")
struct CurrentRulesTests {
    private struct Fixture {
        let folder: TemporaryFolder
        let board: CurrentRules

        init() throws {
            folder = try TemporaryFolder()
            board = CurrentRules(
                localFolder: folder.path.appending("rules"), snapshotFolder: folder.path.appending("log"), log: AgentLog(folder: nil, systemLevel: .error),
                pause: 0)
            try FileManager.default.createDirectory(atPath: folder.path.appending("rules").string, withIntermediateDirectories: true)
        }

        func write(_ text: String, to name: String = "IMDS_Rules.json") throws {
            try Data(text.utf8).write(to: URL(filePath: folder.path.appending("rules").appending(name).string))
        }

        func decide(_ target: String = "/metadata/instance", _ caller: CallerClaims = RuleSamples.caller(), service: PlatformService = .imds)
            -> AuthorisationDecision
        {
            board.decision(service: service, target: target, caller: caller)
        }

        var snapshots: [String] {
            get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path.appending("log").string).sorted() }
        }
    }

    @Test("the baseline holds in every mode and without rules", arguments: ["enforce", "audit", "disabled", nil] as [String?])
    func baseline(mode: String?) throws {
        let fixture = try Fixture()
        if let mode {
            let item = try RuleSamples.item(mode: mode, access: "allow", rules: nil)
            fixture.board.update(remote: [.imds: item, .wireServer: item, .hostGAPlugin: item])
        }
        for service in PlatformService.allCases {
            #expect(fixture.decide(service: service) == .allow)
            #expect(fixture.decide("/", RuleSamples.caller("eve"), service: service) == (service == .imds ? .allow : .deny))
        }
    }

    @Test("modes decide what a no means")
    func modes() throws {
        let fixture = try Fixture()
        for (mode, decision) in [("enforce", AuthorisationDecision.deny), ("audit", .audit), ("disabled", .allow), ("sometimes", .allow)] {
            fixture.board.update(remote: [.imds: try RuleSamples.item(mode: mode, id: "same")])
            #expect(fixture.decide("/metadata/versions") == decision)
        }
    }

    @Test("a change under the same id counts, and rules that are withdrawn are gone")
    func changes() throws {
        let fixture = try Fixture()
        fixture.board.update(remote: [.imds: try RuleSamples.item(access: "deny", rules: nil)])
        #expect(fixture.decide() == .deny)
        fixture.board.update(remote: [.imds: try RuleSamples.item(access: "allow", rules: nil)])
        #expect(fixture.decide() == .allow)
        fixture.board.update(remote: [:])
        #expect(fixture.decide() == .allow)
    }

    @Test("an item that cannot be read lets nothing pass")
    func closed() throws {
        let fixture = try Fixture()
        fixture.board.update(remote: [.imds: try JSONValue(parsing: Array(#"{"mode":"enforce","defaultAccess":"allow","rules":7}"#.utf8))])
        #expect(fixture.decide() == .deny)
        fixture.board.update(remote: [.imds: .string("none")])
        #expect(fixture.decide() == .deny)
    }

    @Test("local files count only where the platform says so, and are read again when they change")
    func local() throws {
        let fixture = try Fixture()
        try fixture.write(#"{"defaultAccess":"deny","mode":"audit","id":"mine"}"#)
        fixture.board.update(remote: [.imds: try RuleSamples.item(access: "allow", id: "plain", rules: nil)])
        #expect(fixture.decide() == .allow)
        let remote: [PlatformService: JSONValue] = [.imds: try RuleSamples.item(access: "allow", id: RuleSamples.localID, rules: nil)]
        fixture.board.update(remote: remote)
        // The mode in the file is none: the platform's counts.
        #expect(fixture.decide() == .deny)
        try fixture.write(#"{"defaultAccess":"allow"}"#)
        fixture.board.update(remote: remote)
        #expect(fixture.decide() == .allow)
        unlink(fixture.folder.path.appending("rules/IMDS_Rules.json").string)
        fixture.board.update(remote: remote)
        #expect(fixture.decide() == .allow)
        let last = try #require(try fixture.snapshots.last)
        let text = try String(contentsOfFile: fixture.folder.path.appending("log").appending(last).string, encoding: .utf8)
        #expect(text.contains("pt-useLocalFileRules-true"))
    }

    @Test("HostGAPlugin has no local file")
    func hostGA() throws {
        let fixture = try Fixture()
        try fixture.write(#"{"defaultAccess":"deny"}"#, to: "WireServer_Rules.json")
        let item = try RuleSamples.item(access: "allow", id: RuleSamples.localID, rules: nil)
        fixture.board.update(remote: [.wireServer: item, .hostGAPlugin: item])
        #expect(fixture.decide("/", service: .wireServer) == .deny)
        #expect(fixture.decide("/", service: .hostGAPlugin) == .allow)
    }

    @Test(
        "a file that cannot be understood lets nothing pass",
        arguments: [
            "", "{", "[]", #"{"defaultAccess":"allow","defaultAccess":"deny"}"#, #"{"defaultAccess":"maybe"}"#, #"{"id":" "}"#,
            #"{"rules":{"privileges":[{"name":"","path":"/"}]}}"#,
            #"{"rules":{"privileges":[{"name":"p","path":" "}]}}"#, #"{"rules":{"privileges":[{"name":"p","path":"/"},{"name":"p","path":"/"}]}}"#,
            #"{"rules":{"privileges":[{"name":"p","path":"/","queryParameters":{"":"x"}}]}}"#,
            #"{"rules":{"privileges":[{"name":"p","path":"/"}],"roles":[{"name":"r","privileges":[]}]}}"#,
            #"{"rules":{"privileges":[{"name":"p","path":"/"}],"roles":[{"name":"r","privileges":["p","p"]}]}}"#,
            #"{"rules":{"roles":[{"name":"r","privileges":["gone"]}]}}"#,
            #"{"rules":{"identities":[{"name":"i"}]}}"#, #"{"rules":{"roleAssignments":[{"role":"gone","identities":["i"]}]}}"#,
        ])
    func invalid(text: String) throws {
        let fixture = try Fixture()
        try fixture.write(text)
        fixture.board.update(remote: [.imds: try RuleSamples.item(access: "allow", id: RuleSamples.localID, rules: nil)])
        #expect(fixture.decide() == .deny)
    }

    @Test("both sides' rules are joined, the file's under names of their own")
    func merged() throws {
        let fixture = try Fixture()
        try fixture.write(
            "\u{FEFF}"
                + #"{"rules":{"privileges":[{"name":"instance","path":"/metadata/versions"}],"roles":[{"name":"all","privileges":["instance"]}],"#
                + #""identities":[{"name":"root","userName":"eve"}],"roleAssignments":[{"role":"all","identities":["root"]}]}}"#
        )
        fixture.board.update(remote: [.imds: try RuleSamples.item(id: RuleSamples.localID)])
        #expect(fixture.decide("/metadata/instance") == .allow)
        #expect(fixture.decide("/metadata/versions") == .deny)
        #expect(fixture.decide("/metadata/versions", RuleSamples.caller("eve")) == .allow)
        #expect(fixture.decide("/metadata/instance", RuleSamples.caller("eve")) == .deny)
    }

    @Test("each change leaves a snapshot, and only a few are kept")
    func snapshots() throws {
        let fixture = try Fixture()
        for number in 0..<9 { fixture.board.update(remote: [.imds: try RuleSamples.item(id: "r\(number)")]) }
        let names = try fixture.snapshots
        #expect(names.count == RuleSnapshots.kept)
        #expect(names.allSatisfy { $0.hasPrefix("AuthorizationRules_") && !$0.contains(":") })
        let last = try JSONValue(parsing: Array(try Data(contentsOf: URL(filePath: fixture.folder.path.appending("log").appending(names[4]).string))))
        #expect(last["computedRules"]?["imds"]?["mode"] == .string("Enforce"))
        #expect(last["computedRules"]?["imds"]?["id"] == .string("r8-useLocalFileRules-false"))
        #expect(last["inputRules"]?["imds"]?["id"] == .string("r8"))
        fixture.board.update(remote: [.imds: try RuleSamples.item(id: "r8")])
        #expect(try fixture.snapshots == names)
    }

    @Test("whatever stands in rules and files, nothing crashes and nothing opens", arguments: fuzzSeeds(4))
    func random(seed: UInt64) throws {
        let fixture = try Fixture()
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e9", "\"rules\"", "\"defaultAccess\"", "\"allow\"", "\"privileges\"", "\"name\"", "\"path\"",
            "\"/\"", "\u{0}", "\\u0000", "é",
        ]
        for bytes in DamagedSamples(
            of: [#"{"id":"l","mode":"enforce","defaultAccess":"deny","rules":\#(RuleSamples.rules)}"#], seed: seed, count: 300, pieces: pieces)
        {
            let text = String(decoding: bytes, as: UTF8.self)
            try fixture.write(text)
            fixture.board.update(remote: [.imds: try RuleSamples.item(access: "deny", id: RuleSamples.localID, rules: nil)])
            // Only a file that says allow may open, and such a text is a document that says so.
            if fixture.decide("/metadata/versions") == .allow {
                let document = try #require(try? JSONValue(parsing: bytes), "\(text)")
                #expect(document["defaultAccess"] == .string("allow") || document["mode"] != .string("enforce"), "\(text)")
            }
            _ = RuleTarget(text)
        }
    }
}
