import JSON
import Digests
import TestSupport
import Testing

@testable import AgentCore

/// Seeded: a failure is found again.
@Suite("Whatever the platform or a file says")
struct ParserFuzzTests {
    private static let status =
        #"{"authorizationScheme":"Azure-HMAC-SHA256","keyDeliveryMethod":"http","keyGuid":"9cf81e97-0316-4ad3-94a7-8ccbdee8ccbf","keyIncarnationId":1,"#
        + #""version":"2.0","secureChannelEnabled":true,"authorizationRules":{"imds":{"mode":"enforce","id":"a"},"wireserver":{"mode":"audit"}}}"#
    private static let key =
        #"{"authorizationScheme":"Azure-HMAC-SHA256","incarnationId":7,"guid":"9cf81e97-0316-4ad3-94a7-8ccbdee8ccbf","issued":"x","#
        + #""key":"4A404E635266556A586E3272357538782F413F4428472B4B6250645367566B59"}"#

    @Test("a status is one that can be acted on, or refused", arguments: fuzzSeeds(4))
    func statuses(seed: UInt64) {
        for bytes in DamagedSamples(of: [Self.status], seed: seed, count: 3000) {
            guard let document = try? JSONValue(parsing: bytes), let status = try? KeyStatus(document) else { continue }
            #expect(status.isDisabled == status.redirected.isEmpty || status.stateText.contains("Disabled"))
            if case .second(isEnabled: false) = status.channel { #expect(status.isDisabled) }
        }
    }

    @Test("a key is whole, or none", arguments: fuzzSeeds(4))
    func keys(seed: UInt64) {
        for bytes in DamagedSamples(of: [Self.key], seed: seed, count: 3000) {
            guard let document = try? JSONValue(parsing: bytes), let key = try? KeyDocument(document).key else { continue }
            #expect(KeyStore.isGUID(key.guid))
            #expect(key.secret.byteCount == 32)
        }
    }
}
