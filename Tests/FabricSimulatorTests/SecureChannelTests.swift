import StrictYAML
import MatrixModel
import Testing

@testable import FabricSimulator

@Suite("The platform's end of the secure channel")
struct SecureChannelTests {
    private static func channel(_ name: String) throws -> SecureChannel { SecureChannel(try FabricRun.scenario(name)) }

    @Test("gives a key, latches it once it is attested with its own signature, and then gives no other")
    func latching() throws {
        var channel = try Self.channel("normal")
        #expect(channel.statusDocument.contains("\"keyGuid\":null"))
        #expect(!channel.demandsSignature(.imds))
        let key = try channel.acquire()
        #expect(throws: SecureChannel.Refusal.self) { try channel.attest(guid: key.guid, isVerified: false) }
        #expect(throws: SecureChannel.Refusal.self) { try channel.attest(guid: "another", isVerified: true) }
        #expect(channel.latched == nil)
        try channel.attest(guid: key.guid, isVerified: true)
        #expect(channel.statusDocument.contains("\"keyGuid\":\"\(key.guid)\""))
        #expect(FabricRequest.Endpoint.allCases.allSatisfy { channel.demandsSignature($0) })
        #expect(throws: SecureChannel.Refusal.self) { try channel.acquire() }
    }

    @Test("a reset forgets the key and raises the incarnation")
    func reset() throws {
        var channel = try Self.channel("normal")
        let first = try channel.acquire()
        try channel.attest(guid: first.guid, isVerified: true)
        channel.happen(.reset)
        #expect(!channel.demandsSignature(.wireServer))
        let second = try channel.acquire()
        #expect(second.incarnation == first.incarnation + 1)
        #expect(second.guid != first.guid)
        #expect(second.secret != first.secret)
    }

    @Test("scenarios decide what is given, accepted and demanded")
    func scenarios() throws {
        var none = try Self.channel("no-key-offered")
        #expect(throws: SecureChannel.Refusal.self) { try none.acquire() }
        none.happen(.offer)
        #expect((try? none.acquire()) != nil)
        var rejecting = try Self.channel("key-rejected")
        let key = try rejecting.acquire()
        #expect(throws: SecureChannel.Refusal.self) { try rejecting.attest(guid: key.guid, isVerified: true) }
        var elsewhere = try Self.channel("latched-elsewhere")
        #expect(elsewhere.demandsSignature(.imds))
        #expect(throws: SecureChannel.Refusal.self) { try elsewhere.acquire() }
        var audit = try Self.channel("rules-audit")
        let audited = try audit.acquire()
        try audit.attest(guid: audited.guid, isVerified: true)
        #expect(!audit.demandsSignature(.imds))
        var first = try Self.channel("normal-v1")
        #expect(first.statusDocument.contains("\"secureChannelState\":\"WireServerAndImds\""))
        first.happen(.disable)
        #expect(first.statusDocument.contains("\"secureChannelState\":\"disabled\""))
    }
}

@Suite("Scenario files")
struct ScenarioTests {
    static let names = [
        "normal", "normal-v1", "disabled", "no-key-offered", "key-rejected", "key-reset", "latched-elsewhere", "slow", "down", "flapping",
        "rules-enforce", "rules-audit", "malformed-answers",
    ]

    @Test("say who should meet what", arguments: names)
    func parsed(name: String) throws {
        let scenario = try FabricRun.scenario(name)
        #expect(scenario.name == name)
        #expect(!scenario.summary.isEmpty)
        #expect(!scenario.expectation.clients.isEmpty)
    }

    @Test(
        "tell what is wrong with them, and where",
        arguments: [
            ("", nil, "mapping"), ("a: [", nil, "YAML"), ("summary: x\n", 1, "expect"), ("sumary: x\nexpect:\n  status: ERROR\n", 1, "sumary"),
            ("expect:\n  status: FINE\n", 2, "SUCCESS or ERROR"), ("pause: -1\nexpect:\n  status: ERROR\n", 1, "whole number"),
            ("expect:\n  status: ERROR\n  clients:\n    a: perhaps\n", 4, "perhaps"),
            ("expect:\n  status: ERROR\ntimeline:\n  - after: lunch\n    do: reset\n", 4, "lunch"),
            ("expect:\n  status: ERROR\ntimeline:\n  - delay: 5\n", 4, "'do'"), ("expect:\n  status: ERROR\nfaults:\n  down: maybe\n", 4, "true or false"),
            ("expect:\n  status: ERROR\nfaults:\n  answers:\n    status: xml\n", 5, "xml"),
            ("expect:\n  status: ERROR\nchannel: on\n", 3, "mapping"), ("expect:\n  status: ERROR\ntimeline: soon\n", 3, "list"),
        ] as [(String, Int?, String)])
    func broken(text: String, line: Int?, words: String) throws {
        let error = try #require(throws: YAMLError.self) { try Scenario(parsing: text, source: "images/mine.yml") }
        #expect(error.line == line)
        #expect(error.reason.contains(words), "\(error)")
        #expect(error.description.hasPrefix("images/mine.yml"))
    }
}
