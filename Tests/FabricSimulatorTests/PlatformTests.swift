import Digests
import Foundation
import MatrixModel
import NIOHTTP1
import TestSupport
import Testing

@testable import FabricSimulator

@Suite("The platform under a scenario")
struct PlatformTests {
    private static func request(_ method: String, _ target: String, _ headers: HTTPHeaders = ["Metadata": "true"]) -> PlatformRequest {
        PlatformRequest(method: method, target: target, headers: headers, body: [])
    }

    private static func signed(_ method: String, _ target: String, _ key: SecureChannel.Key) -> PlatformRequest {
        let headers: HTTPHeaders = ["Metadata": "true", "x-ms-azure-host-date": HTTPDate.now()]
        let unsigned = PlatformRequest(method: method, target: target, headers: headers, body: [])
        let code = key.secret.authenticationCode(for: RequestSignatureCheck(request: unsigned, now: Date()).canonicalBytes)
        var all = headers
        all.add(name: "x-ms-azure-host-authorization", value: "Azure-HMAC-SHA256 \(key.guid) \(code)")
        return PlatformRequest(method: method, target: target, headers: all, body: [])
    }

    /// Acquires and attests a key as an agent does.
    private static func latch(_ platform: Platform, now: ContinuousClock.Instant = .now) throws -> SecureChannel.Key {
        let body = try #require(platform.reply(to: request("POST", "/secure-channel/key"), at: .wireServer, now: now).answer?.body)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        let digits = try #require(document["key"] as? String)
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { offset -> UInt8? in
            let start = digits.index(digits.startIndex, offsetBy: offset)
            return UInt8(digits[start...digits.index(after: start)], radix: 16)
        }
        let key = SecureChannel.Key(guid: try #require(document["guid"] as? String), incarnation: 1, secret: SecretKey(bytes))
        let attested = platform.reply(to: signed("POST", "/secure-channel/key/\(key.guid)/key-attestation", key), at: .wireServer, now: now)
        #expect(attested.answer?.status == .ok)
        #expect(attested.signature == .verified)
        return key
    }

    @Test("refuses the unsigned once a key is latched, and no earlier")
    func enforcement() throws {
        let platform = Platform(try FabricRun.scenario("normal"))
        let instance = Self.request("GET", "/metadata/instance?api-version=2021-02-01")
        #expect(platform.reply(to: instance, at: .imds).answer?.status == .ok)
        let key = try Self.latch(platform)
        let refused = platform.reply(to: instance, at: .imds)
        #expect(refused.answer?.status == .forbidden)
        #expect(refused.note?.contains("not signed") == true)
        let served = platform.reply(to: Self.signed("GET", "/metadata/instance?api-version=2021-02-01", key), at: .imds)
        #expect(served.answer?.status == .ok)
        #expect(served.signature == .verified)
        #expect(platform.reply(to: Self.request("POST", "/machine/?comp=telemetrydata"), at: .wireServer).answer?.status == .ok)
        #expect(platform.reply(to: Self.request("PUT", "/vmAgentLog"), at: .hostGAPlugin).answer?.status == .ok)
        #expect(platform.reply(to: Self.request("GET", "/versions"), at: .hostGAPlugin).answer?.status == .forbidden)
    }

    @Test("answers the unsigned although a key is latched where the scenario says so, and never a wrong signature")
    func forgiving() throws {
        let text = "faults:\n  answersUnsigned: true\nexpect:\n  status: SUCCESS\n"
        let platform = Platform(try Scenario(parsing: text, source: "forgiving.yml"))
        let key = try Self.latch(platform)
        let target = "/metadata/instance?api-version=2021-02-01"
        let served = platform.reply(to: Self.request("GET", target), at: .imds)
        #expect(served.answer?.status == .ok)
        #expect(served.signature == .absent)
        let other = SecureChannel.Key(guid: key.guid, incarnation: 1, secret: .random(byteCount: 32))
        let refused = platform.reply(to: Self.signed("GET", target, other), at: .imds)
        #expect(refused.answer?.status == .forbidden)
        #expect(refused.signature == .wrong)
    }

    @Test("lets happen what its timeline says, when it says so")
    func timeline() throws {
        let platform = Platform(try FabricRun.scenario("flapping"))
        let start = ContinuousClock.now
        _ = try Self.latch(platform, now: start)
        func isUp(after milliseconds: Int) -> Bool {
            platform.reply(to: Self.request("GET", "/secure-channel/status"), at: .wireServer, now: start + .milliseconds(milliseconds)).answer != nil
        }
        #expect(isUp(after: 400))
        #expect(!isUp(after: 600))
        #expect(!isUp(after: 1900))
        #expect(isUp(after: 2100))
    }

    @Test("fails every n-th call, and answers nonsense where it is told to")
    func faults() throws {
        let flapping = Platform(try FabricRun.scenario("flapping"))
        let codes = (1...6).map { _ in flapping.reply(to: Self.request("GET", "/secure-channel/status"), at: .wireServer).answer?.status.code }
        #expect(codes == [200, 200, 500, 200, 200, 500])
        let malformed = Platform(try FabricRun.scenario("malformed-answers"))
        let answer = malformed.reply(to: Self.request("GET", "/secure-channel/status"), at: .wireServer).answer
        #expect(answer?.body.contains("<html>") == true)
        let down = Platform(try FabricRun.scenario("down"))
        #expect(down.reply(to: Self.request("GET", "/metadata/versions"), at: .imds).answer == nil)
    }

    @Test(
        "knows no other call of the channel",
        arguments: ["/secure-channel/", "/secure-channel/key/x", "/secure-channel/status/x", "/secure-channel/key/../status"])
    func others(path: String) throws {
        let platform = Platform(try FabricRun.scenario("normal"))
        #expect(platform.reply(to: Self.request("GET", path), at: .wireServer).answer?.status == .notFound)
    }

    @Test("two hundred clients at once are all answered and all in the journal")
    func burst() async throws {
        let run = try FabricRun("disabled")
        let requests = try await run.serve {
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        try run.ask(.imds, "GET /metadata/instance?api-version=2021-02-01", ["Metadata: true", "x-kmatrix-client: crowd-\(index)"])?.status
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
        }
        #expect(Set(requests?.compactMap(\.client) ?? []).count == 200)
    }
}
