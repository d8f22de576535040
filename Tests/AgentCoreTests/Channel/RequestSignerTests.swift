import JSON
import Digests
import NIOHTTP1
import Testing

@testable import AgentCore

@Suite("Signing a request")
struct RequestSignerTests {
    static let key = LatchedKey(
        guid: "9cf81e97-0316-4ad3-94a7-8ccbdee8ccbf", incarnation: nil,
        secret: SecretKey(Hexadecimal.bytes("4A404E635266556A586E3272357538782F413F4428472B4B6250645367566B59") ?? []))

    @Test("gives the published signatures")
    func vectors() {
        let attestation = RequestSigner.authorization(
            method: .POST, target: "/secure-channel/key/\(Self.key.guid)/key-attestation",
            headers: [
                "Content-Length": "0", "Host": "168.63.129.16", "Metadata": "True ", "x-ms-azure-host-claims": "{ \"isRoot\": \"true\"}",
                "x-ms-azure-host-date": "Wed, 23 Apr 2025 12:00:00 GMT",
            ], body: [], key: Self.key)
        #expect(attestation == "Azure-HMAC-SHA256 \(Self.key.guid) 71a091e6c9e21a0e3972a3b5a481c4d7a578f4d4f28c810636f7e43387bfb8e0")
        let instance = RequestSigner.authorization(
            method: .GET, target: "/metadata/instance?api-version=2021-02-01&Format=json&flag",
            headers: [
                "accept": "*/*", "host": "169.254.169.254", "metadata": "true", "user-agent": "curl/8.5.0",
                "x-ms-azure-host-claims": "{ \"isRoot\": \"false\"}", "x-ms-azure-host-date": "Wed, 23 Apr 2025 12:00:00 GMT",
            ], body: [], key: Self.key)
        #expect(instance == "Azure-HMAC-SHA256 \(Self.key.guid) a45c560807f6a6880e871e8f5bb5f6d1b1cc7e6d852aebb668820ba19c770254")
    }

    /// The bytes that are signed.
    private static func canonical(_ head: String, body: String = "") -> String {
        var (request, scratch, signed) = (OutgoingRequest(head), SigningScratch(), [UInt8]())
        // Twice, for the memory is used again.
        for _ in 0..<2 {
            signed.removeAll()
            Array(body.utf8).withUnsafeBytes { body in RequestSigner.forEachPart(of: request, body: body, &scratch) { signed.append(contentsOf: $0) } }
            request = OutgoingRequest(head)
        }
        return String(decoding: signed, as: UTF8.self)
    }

    @Test("signs the last of repeated headers, and never an older signature")
    func headers() {
        let text = Self.canonical(
            "PUT /p%2F?b=2&A=1&a=1&c= HTTP/1.1\r\nX-B:  1 \r\nx-a: 2\r\nx-b: 3\r\nX-MS-Azure-Host-Authorization: old\r\n\r\n", body: "body")
        #expect(text == "PUT\nbody\nx-a:2\nx-b:3\n/p%2F\na=1&b=2&c")
        #expect(Self.canonical("GET / HTTP/1.1\r\nb: 1\r\na: 2\r\nab: 3\r\nA: 4\r\n\r\n") == "GET\n\na:4\nab:3\nb:1\n/\n")
    }

    @Test(
        "orders a query as the protocol says",
        arguments: [
            (
                "comp=config&keyOnly&comp=again&type=hostingEnvironmentConfig&incarnation=1&resource=https%3a%2f%2fstorage.azure.com%2f",
                "comp=again&comp=config&incarnation=1&keyonly&resource=https%3a%2f%2fstorage.azure.com%2f&type=hostingEnvironmentConfig"
            ),
            ("", ""), ("=x&&a", "a"), ("A=1&a=1&a=2", "a=1&a=2"), ("ab=c&a=bc", "a=bc&ab=c"),
        ])
    func query(query: String, canonical: String) { #expect(Self.canonical("GET /?\(query) HTTP/1.1\r\n\r\n") == "GET\n\n/\n\(canonical)") }

    @Test("the platform's dates are read back as they are written, and nothing else is")
    func dates() {
        #expect(WallClock(httpDate: "Mon, 03 Aug 2026 09:14:27 GMT")?.httpDate == "Mon, 03 Aug 2026 09:14:27 GMT")
        for text in [
            "", "now", "Mon, 03 Aug 2026 09:14:27 UTC", "Mon, 33 Aug 2026 09:14:27 GMT", "Mon, 03 Foo 2026 09:14:27 GMT", "Mon, 03 Aug 2026 25:14:27 GMT",
            "2026-08-03T09:14:27Z",
        ] {
            #expect(WallClock(httpDate: text) == nil)
        }
    }

    @Test("the host's clock goes by the platform's time, whatever the machine's says")
    func clock() {
        let clock = HostClock()
        #expect(clock.age == nil)
        clock.synchronise(WallClock(seconds: 1_000_000))
        #expect((1_000_000...1_000_100).contains(clock.now.seconds))
        #expect(clock.age != nil)
    }
}

@Suite("The channel's status")
struct KeyStatusTests {
    private static func status(_ members: String) throws -> KeyStatus {
        try KeyStatus(JSONValue(parsing: Array("{\"authorizationScheme\":\"Azure-HMAC-SHA256\",\"keyDeliveryMethod\":\"http\",\(members)}".utf8)))
    }

    @Test(
        "names its state as upstream does",
        arguments: [
            (#""version":"1.0","secureChannelState":"WireServerAndIMDS""#, "wireserverandimds"),
            (#""version":"1.0","secureChannelState":"Disabled""#, "disabled"),
            (#""version":"2.0","secureChannelEnabled":false"#, "disabled"), (#""version":"2.0","secureChannelEnabled":true"#, "disabled"),
            (
                #""version":"2.0","secureChannelEnabled":true,"authorizationRules":{"imds":{"mode":"ENFORCE"},"wireserver":{"mode":"audit"}}"#,
                "WireServer Audit -  IMDS Enforce - HostGA Audit"
            ),
            (
                #""version":"2.0","secureChannelEnabled":true,"authorizationRules":{"imds":{"mode":"whatever"}}"#,
                "WireServer Disabled -  IMDS Disabled - HostGA Disabled"
            ),
        ])
    func states(members: String, text: String) throws { #expect(try Self.status(members).stateText == text) }

    @Test(
        "decides what is redirected",
        arguments: [
            (#""version":"1.0","secureChannelState":"wireserver""#, Set(PlatformService.allCases)), (#""version":"1.0","secureChannelState":"disabled""#, []),
            (#""version":"2.0","secureChannelEnabled":false,"authorizationRules":{"imds":{"mode":"enforce"}}"#, []),
            (#""version":"2.0","secureChannelEnabled":true,"authorizationRules":{"imds":{"mode":"audit"},"wireserver":{"mode":"disabled"}}"#, [.imds]),
            (#""version":"2.0","secureChannelEnabled":true,"authorizationRules":{"wireserver":{"mode":"enforce"}}"#, [.wireServer, .hostGAPlugin]),
        ] as [(String, Set<PlatformService>)])
    func redirected(members: String, services: Set<PlatformService>) throws { #expect(try Self.status(members).redirected == services) }

    @Test(
        "says what is wrong with it",
        arguments: [
            (#""version":"1.0""#, "Both secureChannelEnabled and secureChannelState are missing in version: 1.0"),
            (#""version":"1.0","secureChannelState":"audit""#, "secureChannelState 'audit' is invalid; "),
            (#""version":"1.0","secureChannelEnabled":true"#, "secureChannelState is missing in version: 1.0"),
            (#""version":"2.0","secureChannelState":"wireserver""#, "secureChannelEnabled is missing in version: 2.0"),
            (#""version":2,"secureChannelEnabled":true"#, "`version` is a number instead of a string"),
            (#""secureChannelEnabled":true"#, "missing field `version`"),
            (#""version":"2.0","secureChannelEnabled":"yes""#, "`secureChannelEnabled` is a string"),
            (#""version":"2.0","secureChannelEnabled":true,"keyGuid":7"#, "`keyGuid` is a number"),
        ])
    func invalid(members: String, words: String) throws {
        let error = try #require(throws: KeyStatus.Malformed.self) { try Self.status(members) }
        #expect("\(error)".contains(words), "\(error)")
    }
}
