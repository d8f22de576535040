import JSON
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import AgentCore
@testable import FabricSimulator

@Suite("The key keeper")
struct KeyKeeperTests {
    @Test(
        "gets, saves and attests a key, in both versions of the protocol",
        arguments: [
            ("normal", "WireServer Enforce -  IMDS Enforce - HostGA Enforce"), ("normal-v1", "wireserverandimds"),
        ])
    func latches(scenario: String, channel: String) async throws {
        try await ChannelFixture.with(scenario) { make in
            let fixture = try make(nil)
            fixture.keeper.pass()
            let key = try #require(fixture.keys.current)
            #expect(fixture.status.current.state == .running)
            #expect(fixture.status.current.message.hasPrefix("Successfully attest the key and ready to use. - "))
            #expect(fixture.status.state("secureChannelState") == channel)
            #expect(fixture.status.state("keyGuid") == key.guid)
            #expect(fixture.status.state("keyIncarnationId") == "1")
            #expect(fixture.readiness.keyLatch == true)
            #expect(fixture.keyFiles == ["\(key.guid).key"])
            var folder = stat(), file = stat()
            #expect(stat(fixture.keyFolder.string, &folder) == 0 && folder.st_mode & 0o777 == 0o700)
            #expect(stat(fixture.keyFolder.appending("\(key.guid).key").string, &file) == 0 && file.st_mode & 0o777 == 0o600)
            // The platform's time is the agent's.
            #expect(fixture.clock.age != nil)
        }
    }

    @Test("hands the rules on at every pass, HostGAPlugin's being WireServer's")
    func rules() async throws {
        try await ChannelFixture.with("rules-enforce") { make in
            let fixture = try make(nil)
            fixture.keeper.pass()
            #expect(fixture.rules.current[.imds]?["id"] == .string("imds-rules"))
            #expect(fixture.rules.current[.hostGAPlugin] == fixture.rules.current[.wireServer])
            #expect(fixture.status.state("imdsRuleId") == "imds-rules")
            #expect(fixture.status.state("hostGARuleId") == "wireserver-rules")
        }
    }

    @Test("needs no key where the channel is off")
    func disabled() async throws {
        try await ChannelFixture.with("disabled") { make in
            let fixture = try make(nil)
            fixture.keeper.pass()
            #expect(fixture.status.current.state == .running)
            #expect(fixture.status.current.message.hasPrefix("Customer has not enforce the secure channel state. - "))
            #expect(fixture.status.state("secureChannelState") == "disabled")
            #expect(fixture.keys.current == nil && fixture.keyFiles.isEmpty)
            #expect(fixture.readiness.keyLatch == true)
        }
    }

    @Test("latches no key while nothing is redirected, for the platform would then refuse everything; and does so once it is")
    func waitsForRedirection() async throws {
        try await ChannelFixture.with("normal") { make in
            let fixture = try make(nil)
            fixture.redirects.value = false
            fixture.keeper.pass()
            #expect(fixture.keys.current == nil && fixture.keyFiles.isEmpty)
            #expect(fixture.status.current.state == .stopped)
            #expect(fixture.status.current.message.contains("before connections are redirected"))
            #expect(fixture.status.state("secureChannelState") == "WireServer Enforce -  IMDS Enforce - HostGA Enforce")
            #expect(fixture.readiness.keyLatch == false)
            fixture.redirects.value = true
            fixture.keeper.pass()
            #expect(fixture.keys.current != nil)
            #expect(fixture.readiness.keyLatch == true)
        }
    }

    @Test("uses after a restart the key it has, and asks for no other")
    func restart() async throws {
        try await ChannelFixture.with("normal") { make in
            let first = try make(nil)
            first.keeper.pass()
            let second = try make(first.folder)
            second.keeper.pass()
            #expect(second.keys.current?.guid == first.keys.current?.guid)
            #expect(second.keys.current?.secret == first.keys.current?.secret)
            #expect(second.status.current.message.hasPrefix("Found key details from local and ready to use. - "))
        }
    }

    @Test("killed between saving and attesting it starts again with a fresh key")
    func killedEarly() async throws {
        try await ChannelFixture.with("normal") { make in
            let first = try make(nil)
            // As far as an agent gets that is killed before its attestation.
            let text =
                #"{"authorizationScheme":"Azure-HMAC-SHA256","guid":"00000000-0000-4000-8000-000000000000","#
                + #""key":"\#(String(repeating: "ab", count: 32))"}"#
            let orphan = try KeyDocument(JSONValue(parsing: Array(text.utf8)))
            try KeyStore(folder: first.keyFolder, log: AgentLog(folder: nil, systemLevel: .error)).save(orphan)
            first.keeper.pass()
            #expect(first.status.current.state == .running)
            #expect(first.keys.current?.guid != "00000000-0000-4000-8000-000000000000")
        }
    }

    @Test(
        "says truthfully that it has no key, and why",
        arguments: [
            ("no-key-offered", #"Failed to acquire key details: Key(KeyResponse("acquire", 403))"#),
            ("key-rejected", #"Failed to attest the key: Key(KeyResponse("attest", 403))"#),
            ("latched-elsewhere", #"Failed to acquire key details: Key(KeyResponse("acquire", 403))"#),
        ])
    func withoutKey(scenario: String, message: String) async throws {
        try await ChannelFixture.with(scenario) { make in
            let fixture = try make(nil)
            fixture.keeper.pass()
            #expect(fixture.status.current.state == .stopped)
            #expect(fixture.status.current.message == message)
            #expect(fixture.keys.current == nil)
            #expect(fixture.readiness.keyLatch == false)
        }
    }

    @Test("returns to health by itself when the platform offers a key at last")
    func offeredLater() async throws {
        let scenario = try Scenario(
            parsing:
                "channel: {imds: {mode: enforce}, wireserver: {mode: enforce}}\nkey: {offered: false}\ntimeline: [{after: start, delay: 700, do: "
                + "offer}]\nexpect: {status: SUCCESS}\n",
            source: "late.yml")
        try await ChannelFixture.with(scenario) { make in
            let fixture = try make(nil)
            fixture.keeper.pass()
            #expect(fixture.status.current.state == .stopped)
            try Self.poll {
                fixture.keeper.pass(); return fixture.status.current.state == .running
            }
            #expect(fixture.keys.current != nil)
        }
    }

    @Test("takes a new key after a reset, and lets go of the old one at once")
    func reset() async throws {
        let scenario = try Scenario(
            parsing:
                "channel: {imds: {mode: enforce}, wireserver: {mode: enforce}}\ntimeline: [{after: latch, delay: 300, do: reset}]\nexpect: {status: SUCCESS}\n",
            source: "reset.yml")
        try await ChannelFixture.with(scenario) { make in
            let fixture = try make(nil)
            fixture.keeper.pass()
            let first = try #require(fixture.keys.current)
            try Self.poll {
                fixture.keeper.pass(); return fixture.keys.current?.guid != first.guid
            }
            #expect(fixture.status.state("keyIncarnationId") == "2")
            #expect(fixture.keyFiles.count == 2)
        }
    }

    @Test("gets a fresh key only where the platform lets it, when its own was lost or damaged", arguments: ["removed", "garbage", "another's"])
    func lost(how: String) async throws {
        try await ChannelFixture.with("normal") { make in
            let first = try make(nil)
            first.keeper.pass()
            let guid = try #require(first.keys.current?.guid)
            let file = first.keyFolder.appending("\(guid).key").string
            switch how {
            case "removed": unlink(file)
            case "garbage": try Data("{\"guid\":".utf8).write(to: URL(filePath: file))
            default:
                let other = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self).replacing(
                    guid, with: "00000000-0000-4000-8000-000000000001")
                try Data(other.utf8).write(to: URL(filePath: file))
            }
            let second = try make(first.folder)
            second.keeper.pass()
            #expect(second.status.current.state == .stopped)
            #expect(second.status.current.message.hasPrefix("Failed to acquire key details"))
            // What could not be understood is kept for whoever wants to look.
            #expect(FileManager.default.fileExists(atPath: file + ".bad") == (how != "removed"))
        }
    }

    @Test("keeps what it has while the platform is away, and says so once it is back")
    func flapping() async throws {
        let scenario = try Scenario(
            parsing: "channel: {imds: {mode: enforce}, wireserver: {mode: enforce}}\nfaults: {failEvery: 2}\nexpect: {status: SUCCESS}\n", source: "f.yml")
        try await ChannelFixture.with(scenario) { make in
            let fixture = try make(nil)
            fixture.keeper.pass()
            let words = fixture.status.current.message
            fixture.keeper.pass()
            #expect(fixture.status.current.state == .running)
            #expect(
                fixture.status.current.message.hasPrefix(
                    "Failed to get key status - Failed to get response from http://168.63.129.16:80/secure-channel/status, status code: 500"))
            #expect(fixture.readiness.explanation.hasPrefix("Failed to get key status - "))
            #expect(fixture.keys.current != nil)
            fixture.keeper.pass()
            #expect(fixture.status.current.message == words)
        }
    }

    @Test(
        "survives whatever the platform answers",
        arguments: ["status: html", "status: truncated", "status: types", "status: garbage", "key: html", "key: truncated", "key: types", "key: garbage"])
    func malformed(fault: String) async throws {
        let scenario = try Scenario(
            parsing: "channel: {imds: {mode: enforce}, wireserver: {mode: enforce}}\nfaults: {answers: {\(fault)}}\nexpect: {status: ERROR}\n", source: "m.yml")
        try await ChannelFixture.with(scenario) { make in
            let fixture = try make(nil)
            for _ in 0..<3 { fixture.keeper.pass() }
            #expect(fixture.keys.current == nil)
            #expect(fixture.status.current.state == (fault.hasPrefix("status") ? .unknown : .stopped))
            #expect(fixture.status.current.message.hasPrefix(fault.hasPrefix("status") ? "Failed to get key status - " : "Failed to acquire key details: "))
        }
    }

    @Test("says that the disk took no key, and has none in force")
    func unwritable() async throws {
        try await ChannelFixture.with("normal") { make in
            let fixture = try make(nil)
            // A file where the folder has to go fails as a full disk does: the key cannot be kept.
            try FileManager.default.createDirectory(atPath: fixture.folder.path.appending("lib").string, withIntermediateDirectories: true)
            #expect(FileManager.default.createFile(atPath: fixture.keyFolder.string, contents: Data()))
            fixture.keeper.pass()
            #expect(fixture.status.current.state == .stopped)
            #expect(fixture.status.current.message.hasPrefix("Failed to save key details to file: "))
            #expect(fixture.keys.current == nil)
        }
    }

    @Test("stops at once, whatever call is under way, and wakes when it is told to")
    func life() async throws {
        let scenario = try Scenario(
            parsing: "channel: {imds: {mode: enforce}, wireserver: {mode: enforce}}\nfaults: {delay: 60000}\nexpect: {status: ERROR}\n", source: "s.yml")
        try await ChannelFixture.with(scenario) { make in
            let fixture = try make(nil)
            fixture.keeper.start()
            let start = ContinuousClock.now
            fixture.keeper.wake()
            fixture.keeper.stop()
            #expect(ContinuousClock.now - start < .seconds(5))
        }
        try await ChannelFixture.with("normal") { make in
            let fixture = try make(nil)
            fixture.keeper.start()
            try Self.poll { fixture.status.current.state == .running }
            fixture.keeper.stop()
            #expect(fixture.keys.current == nil)
        }
    }

    static func poll(_ condition: () -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !condition() {
            try #require(ContinuousClock.now < deadline)
            usleep(5_000)
        }
    }
}
