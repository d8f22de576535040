import Crypto
import TestSupport
import Testing

@testable import AgentCore

/// Seeded: a failure is found again.
@Suite("Whatever the platform or a file says")
struct ParserFuzzTests {
    private static let status = #"{"authorizationScheme":"Azure-HMAC-SHA256","keyDeliveryMethod":"http","keyGuid":"9cf81e97-0316-4ad3-94a7-8ccbdee8ccbf","keyIncarnationId":1,"version":"2.0","secureChannelEnabled":true,"authorizationRules":{"imds":{"mode":"enforce","id":"a"},"wireserver":{"mode":"audit"}}}"#
    private static let key = #"{"authorizationScheme":"Azure-HMAC-SHA256","incarnationId":7,"guid":"9cf81e97-0316-4ad3-94a7-8ccbdee8ccbf","issued":"x","key":"4A404E635266556A586E3272357538782F413F4428472B4B6250645367566B59"}"#

    /// The text with some bytes changed, taken out or doubled.
    private static func mutated(_ text: String, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 9)], at: index)
            default: bytes.removeSubrange(index...)
            }
        }
        return bytes
    }

    @Test("a status is one that can be acted on, or refused", arguments: fuzzSeeds(4))
    func statuses(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            guard let document = try? JSONValue(parsing: Self.mutated(Self.status, &generator)), let status = try? KeyStatus(document) else { continue }
            #expect(status.isDisabled == status.redirected.isEmpty || status.stateText.contains("Disabled"))
            if case .second(isEnabled: false) = status.channel { #expect(status.isDisabled) }
        }
    }

    @Test("a key is whole, or none", arguments: fuzzSeeds(4))
    func keys(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            guard let document = try? JSONValue(parsing: Self.mutated(Self.key, &generator)), let key = try? KeyDocument(document).key else { continue }
            #expect(KeyStore.isGUID(key.guid))
            #expect(key.secret.bitCount == 256)
        }
    }
}
