import Digests
import Foundation
import MatrixModel
import NIOHTTP1
import Testing

@testable import FabricSimulator

@Suite("The platform's check of a signature")
struct RequestSignatureCheckTests {
    static let digits = "4A404E635266556A586E3272357538782F413F4428472B4B6250645367566B59"
    static let guid = "9cf81e97-0316-4ad3-94a7-8ccbdee8ccbf"
    static let date = "Wed, 23 Apr 2025 12:00:00 GMT"

    static let key: SecureChannel.Key = {
        let bytes = stride(from: 0, to: 64, by: 2).map { offset -> UInt8 in
            let start = digits.index(digits.startIndex, offsetBy: offset)
            return UInt8(digits[start...digits.index(after: start)], radix: 16) ?? 0
        }
        return SecureChannel.Key(guid: guid, incarnation: 1, secret: SecretKey(bytes))
    }()

    static let attestation = PlatformRequest(
        method: "POST", target: "/secure-channel/key/\(guid)/key-attestation",
        headers: [
            "content-length": "0", "host": "168.63.129.16", "Metadata": "True ", "x-ms-azure-host-claims": "{ \"isRoot\": \"true\"}",
            "x-ms-azure-host-date": date,
        ], body: [])

    static let instance = PlatformRequest(
        method: "GET", target: "/metadata/instance?api-version=2021-02-01&Format=json&flag",
        headers: [
            "accept": "*/*", "host": "169.254.169.254", "metadata": "true", "user-agent": "curl/8.5.0",
            "x-ms-azure-host-claims": "{ \"isRoot\": \"false\"}", "x-ms-azure-host-date": date,
        ], body: [])

    /// The moment of the requests' own date.
    static let moment = Date(timeIntervalSince1970: 1_745_409_600)

    private static func result(_ request: PlatformRequest, _ signature: String?, now: Date = moment) -> String {
        var headers = request.headers
        if let signature { headers.add(name: "x-ms-azure-host-authorization", value: signature) }
        let signed = PlatformRequest(method: request.method, target: request.target, headers: headers, body: request.body)
        return RequestSignatureCheck(request: signed, now: now).result(keys: [key]).signature.rawValue
    }

    @Test(
        "agrees with the published vectors",
        arguments: [
            (attestation, "71a091e6c9e21a0e3972a3b5a481c4d7a578f4d4f28c810636f7e43387bfb8e0"),
            (instance, "a45c560807f6a6880e871e8f5bb5f6d1b1cc7e6d852aebb668820ba19c770254"),
        ])
    func vectors(request: PlatformRequest, code: String) {
        #expect(Self.result(request, "Azure-HMAC-SHA256 \(Self.guid) \(code)") == "verified")
        #expect(Self.result(request, nil) == "absent")
        for wrong in [code.uppercased(), String(code.dropLast()), code + "0", "", String(code.reversed())] {
            #expect(Self.result(request, "Azure-HMAC-SHA256 \(Self.guid) \(wrong)") == "wrong")
        }
        #expect(Self.result(request, "Azure-HMAC-SHA256 other \(code)") == "wrong")
        #expect(Self.result(request, "Azure-HMAC-SHA512 \(Self.guid) \(code)") == "wrong")
        #expect(Self.result(request, "Azure-HMAC-SHA256 \(Self.guid) \(code)", now: Self.moment.addingTimeInterval(3600)) == "wrong")
    }

    @Test("finds whatever was changed on the way")
    func tampering() {
        let code = "a45c560807f6a6880e871e8f5bb5f6d1b1cc7e6d852aebb668820ba19c770254"
        let signature = "Azure-HMAC-SHA256 \(Self.guid) \(code)"
        func changed(method: String? = nil, target: String? = nil, body: [UInt8] = [], _ change: (inout HTTPHeaders) -> Void = { _ in }) -> String {
            var headers = Self.instance.headers
            change(&headers)
            return Self.result(
                PlatformRequest(method: method ?? "GET", target: target ?? Self.instance.target, headers: headers, body: body), signature)
        }
        #expect(changed() == "verified")
        #expect(changed(method: "POST") == "wrong")
        #expect(changed(target: "/metadata/identity?api-version=2021-02-01&Format=json&flag") == "wrong")
        #expect(changed(target: "/metadata/instance?api-version=2021-02-02&Format=json&flag") == "wrong")
        #expect(changed(target: "/metadata/instance?api-version=2021-02-01&Format=json&flag&extra=1") == "wrong")
        // The order of the query's pairs and their names' case are not signed.
        #expect(changed(target: "/metadata/instance?flag&api-version=2021-02-01&format=json") == "verified")
        #expect(changed(body: [1]) == "wrong")
        #expect(changed { $0.add(name: "x-forwarded-for", value: "1.2.3.4") } == "wrong")
        #expect(changed { $0.replaceOrAdd(name: "x-ms-azure-host-claims", value: "{ \"isRoot\": \"true\"}") } == "wrong")
        #expect(changed { $0.remove(name: "user-agent") } == "wrong")
        #expect(changed { $0.add(name: "x-ms-azure-host-authorization", value: signature) } == "wrong")
    }

    @Test("orders a query as the protocol says")
    func query() {
        let target = "/?comp=config&keyOnly&comp=again&type=hostingEnvironmentConfig&incarnation=1&resource=https%3a%2f%2fstorage.azure.com%2f"
        let expected = "comp=again&comp=config&incarnation=1&keyonly&resource=https%3a%2f%2fstorage.azure.com%2f&type=hostingEnvironmentConfig"
        #expect(RequestSignatureCheck.canonicalQuery(of: target) == expected)
        #expect(RequestSignatureCheck.canonicalQuery(of: "/?a=&b&=c&&b&B") == "a&b")
        #expect(RequestSignatureCheck.canonicalQuery(of: "/") == "")
    }
}
