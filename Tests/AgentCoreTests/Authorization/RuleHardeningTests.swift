import JSON
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import AgentCore

@Suite("Rules that must not be got round")
struct RuleHardeningTests {
    private static func rules(path: String = "/metadata/identity", identity: String = #"{"name":"i","userName":"root"}"#, query: String = "{}") throws
        -> JSONValue
    {
        try RuleSamples.item(
            access: "allow",
            rules: """
                {"privileges":[{"name":"p","path":"\(path)","queryParameters":\(query)}],"roles":[{"name":"r","privileges":["p"]}],
                "identities":[\(identity)],"roleAssignments":[{"role":"r","identities":["i"]}]}
                """)
    }

    private static func allows(_ item: JSONValue, _ target: String, _ caller: CallerClaims) throws -> Bool {
        CompiledRules(try AuthorizationItem(item)).allows(RuleTarget(target), caller)
    }

    @Test(
        "a path is a prefix byte by byte, whatever characters follow",
        arguments: [
            "/metadata/identity%CC%81", "/metadata/identity%0D%0A", "/metadata/identity%E2%80%8D", "/metadata/identity%FF", "/metadata/identity%3F%CC%81a=b",
            "/metadata/identity%00",
            "/METADATA/%49dentity", "/metadata/identity;x", "/metadata/identity?%26", "/metadata/identity?&&=&a",
        ])
    func prefixes(target: String) throws {
        #expect(try !Self.allows(Self.rules(), target, RuleSamples.caller("eve")))
    }

    @Test("parameters are compared byte by byte")
    func parameters() throws {
        let item = try Self.rules(query: #"{"resource":"caf\u00e9"}"#)
        #expect(try !Self.allows(item, "/metadata/identity?resource=caf%C3%A9", RuleSamples.caller("eve")))
        // The same to the eye, and another value: no privilege speaks of it.
        #expect(try Self.allows(item, "/metadata/identity?resource=cafe%CC%81", RuleSamples.caller("eve")))
    }

    @Test(
        "what is not known of a caller matches nothing",
        arguments: [
            #"{"name":"i","exePath":""}"#, #"{"name":"i","processName":""}"#, #"{"name":"i","exePath":"/"}"#, #"{"name":"i","exePath":"/usr/bin/curl"}"#,
        ])
    func unknown(identity: String) throws {
        let gone = CallerClaims(processID: 1, userID: 0, userName: "root", isRoot: true, executable: nil, commandLine: "undefined")
        #expect(try !Self.allows(Self.rules(identity: identity), "/metadata/identity", gone))
    }

    @Test(
        "names are compared byte by byte, and paths from the root on",
        arguments: [
            (#"{"name":"i","userName":"jos\u00e9"}"#, false), (#"{"name":"i","userName":"jose\u0301"}"#, true),
            (#"{"name":"i","groupName":"jos\u00e9"}"#, false),
            (#"{"name":"i","exePath":"usr/bin/curl"}"#, false), (#"{"name":"i","exePath":"/usr/bin/curl/"}"#, true),
            (#"{"name":"i","exePath":"/usr/bin"}"#, false),
        ])
    func names(identity: String, isAllowed: Bool) throws {
        let caller = CallerClaims(
            processID: 1, userID: 0, userName: "jose\u{301}", groups: ["jose\u{301}"], isRoot: true, executable: "/usr/bin/curl", commandLine: "")
        #expect(try Self.allows(Self.rules(identity: identity), "/metadata/identity", caller) == isAllowed)
    }

    @Test(
        "an item of which the mode cannot be read is enforced, one that says it only watches is not",
        arguments: [
            (#"{"rules":7}"#, AuthorisationDecision.deny), (#"{"mode":7,"defaultAccess":"allow"}"#, .deny), (#"{"mode":null,"defaultAccess":7}"#, .deny),
            // An item that is whole and names no mode is switched off, as the status says of it.
            (#"{"defaultAccess":"deny","id":"x"}"#, .allow),
            (#"{"mode":"often","rules":7}"#, .deny), (#"{"mode":"Audit","rules":7}"#, .audit), (#"{"mode":"disabled","rules":7}"#, .allow), ("[]", .deny),
            ("null", .deny),
        ])
    func unreadable(text: String, decision: AuthorisationDecision) throws {
        let board = CurrentRules(localFolder: nil, snapshotFolder: nil, log: AgentLog(folder: nil, systemLevel: .error))
        board.update(remote: [.imds: try JSONValue(parsing: Array(text.utf8))])
        #expect(board.decision(service: .imds, target: "/x", caller: RuleSamples.caller()) == decision)
    }

    @Test("random targets mean the same to the rules however they are encoded", arguments: fuzzSeeds(4))
    func encodings(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed + 7)
        let compiled = CompiledRules(try AuthorizationItem(try Self.rules(query: #"{"resource":"vault"}"#)))
        func disguised(_ text: String) -> String {
            text.utf8.map { byte in
                let character = String(UnicodeScalar(byte))
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: Bool.random(using: &generator))
                case 1: return character.uppercased()
                default: return character
                }
            }.joined()
        }
        for _ in 0..<2000 {
            var pairs = ["\(disguised("resource"))=\(disguised("vault"))"]
            for _ in 0..<Int.random(in: 0...3, using: &generator) { pairs.append("\(disguised("resource"))=\(disguised("x"))") }
            pairs.shuffle(using: &generator)
            let separator = Bool.random(using: &generator) ? "?" : "%3F"
            let target = "/\(disguised("metadata/identity"))\(separator)\(pairs.joined(separator: "&"))"
            #expect(!compiled.allows(RuleTarget(target), RuleSamples.caller("eve")), "\(target)")
            #expect(compiled.allows(RuleTarget(target), RuleSamples.caller()), "\(target)")
        }
    }
}

@Suite("Local rule files on the disk")
struct LocalRuleSourceTests {
    private struct Fixture {
        let folder: TemporaryFolder
        let board: CurrentRules
        let remote: [PlatformService: JSONValue]
        var file: String { folder.path.appending("IMDS_Rules.json").string }

        init() throws {
            folder = try TemporaryFolder()
            board = CurrentRules(localFolder: folder.path, snapshotFolder: nil, log: AgentLog(folder: nil, systemLevel: .error), pause: 100)
            remote = [.imds: try RuleSamples.item(access: "allow", id: RuleSamples.localID, rules: nil)]
        }

        var decision: AuthorisationDecision {
            board.update(remote: remote)
            return board.decision(service: .imds, target: "/x", caller: RuleSamples.caller())
        }

        func write(_ text: String, to path: String? = nil) throws { try Data(text.utf8).write(to: URL(filePath: path ?? file)) }
    }

    @Test("a folder, a pipe and a link to nowhere in place of the file")
    func kinds() throws {
        let fixture = try Fixture()
        mkdir(fixture.file, 0o755)
        #expect(fixture.decision == .deny)
        rmdir(fixture.file)
        mkfifo(fixture.file, 0o644)
        #expect(fixture.decision == .deny)
        unlink(fixture.file)
        symlink("/nonexistent", fixture.file)
        #expect(fixture.decision == .allow)
        unlink(fixture.file)
        symlink(fixture.file, fixture.file)
        #expect(fixture.decision == .deny)
        unlink(fixture.file)
        #expect(fixture.decision == .allow)
    }

    @Test("what a link points to counts when it changes")
    func links() throws {
        let fixture = try Fixture()
        let target = fixture.folder.path.appending("real").string
        try fixture.write(#"{"defaultAccess":"allow"}"#, to: target)
        symlink(target, fixture.file)
        #expect(fixture.decision == .allow)
        try fixture.write(#"{"defaultAccess":"deny"}"#, to: target)
        #expect(fixture.decision == .deny)
    }

    @Test("a change that keeps length and time is seen")
    func sameTime() throws {
        let fixture = try Fixture()
        try fixture.write(#"{"defaultAccess":"allow"}"#)
        #expect(fixture.decision == .allow)
        let date = try FileManager.default.attributesOfItem(atPath: fixture.file)[.modificationDate]
        try fixture.write(#"{"defaultAccess":"deny" }"#)
        try FileManager.default.setAttributes([.modificationDate: date as Any], ofItemAtPath: fixture.file)
        #expect(fixture.decision == .deny)
    }

    @Test("a file that was broken counts again as soon as it is whole")
    func repaired() throws {
        let fixture = try Fixture()
        try fixture.write(#"{"defaultAccess":"#)
        #expect(fixture.decision == .deny)
        #expect(fixture.decision == .deny)
        try fixture.write(#"{"defaultAccess":"allow"}"#)
        #expect(fixture.decision == .allow)
    }

    @Test("a file larger than any rules lets nothing pass")
    func large() throws {
        let fixture = try Fixture()
        try fixture.write(#"{"defaultAccess":"allow"}"# + String(repeating: " ", count: LocalRuleFile.largestFile))
        #expect(fixture.decision == .deny)
    }

    @Test("one whole side is taken as it is, without the prefix")
    func oneSide() throws {
        let fixture = try Fixture()
        try fixture.write(
            #"{"defaultAccess":"deny","rules":{"privileges":[{"name":"LocalFileRules_p","path":"/x"}],"roles":[{"name":"r","#
                + #""privileges":["LocalFileRules_p"]}],"identities":[{"name":"i","userName":"root"}],"roleAssignments":[{"role":"r","identities":["i"]}]}}"#
        )
        #expect(fixture.decision == .allow)
        #expect(fixture.board.decision(service: .imds, target: "/y", caller: RuleSamples.caller()) == .deny)
    }
}
