import NIOHTTP1
import StrictYAML

/// The instance metadata service. It requires `Metadata: true` and a known API version, and rejects requests through a proxy.
struct IMDSEndpoint: PlatformEndpoint {
    static let versions = ["2017-04-02", "2018-02-01", "2019-06-01", "2019-08-15", "2020-06-01", "2021-02-01", "2021-08-01", "2021-12-13", "2023-07-01"]

    func answer(_ request: PlatformRequest) -> PlatformAnswer {
        guard request.headers.first(name: "Metadata")?.lowercased().trimmedBlanks == "true" else {
            return refusal(.badRequest, "Bad request. Required metadata header not specified")
        }
        // Other proxies add this header, and IMDS does not answer those.
        guard request.headers.first(name: "X-Forwarded-For") == nil else {
            return refusal(.badRequest, "Bad request. Request contains X-Forwarded-For header")
        }
        let path = request.path.hasSuffix("/") ? String(request.path.dropLast()).lowercased() : request.path.lowercased()
        if path == "/metadata/versions" { return json(#"{"apiVersions":[\#(Self.versions.map { "\"\($0)\"" }.joined(separator: ","))]}"#) }
        guard request.method == "GET" || request.method == "HEAD" || (request.method == "POST" && path == "/metadata/scheduledevents") else {
            return refusal(.methodNotAllowed, "Method not allowed")
        }
        guard let version = request.query["api-version"] else {
            let newest = Self.versions.suffix(3).reversed().map { "\"\($0)\"" }.joined(separator: ",")
            return refusal(.badRequest, "Bad request. api-version was not specified in the request", extra: ",\"newest-versions\":[\(newest)]")
        }
        guard Self.versions.contains(version) else { return refusal(.badRequest, "Bad request. api-version is invalid or not supported") }
        switch path {
        case "/metadata/identity/oauth2/token": return token(request)
        case "/metadata/attested/document": return json(#"{"encoding":"pkcs7","signature":"AAAA"}"#)
        case "/metadata/scheduledevents": return json(#"{"DocumentIncarnation":1,"Events":[]}"#)
        default: return instance(path, request)
        }
    }

    private func token(_ request: PlatformRequest) -> PlatformAnswer {
        guard let resource = request.query["resource"], !resource.isEmpty else {
            return json(#"{"error":"invalid_request","error_description":"Required query variable 'resource' is missing"}"#, .badRequest)
        }
        // The body does not depend on the caller: it is the same for the same request.
        return json(
            #"{"access_token":"kmatrix","client_id":"00000000-0000-0000-0000-000000000004","expires_in":"86400","#
                + #""resource":\#(YAMLNode.quoted(resource)),"token_type":"Bearer"}"#)
    }

    private func instance(_ path: String, _ request: PlatformRequest) -> PlatformAnswer {
        guard path == "/metadata/instance" || path.hasPrefix("/metadata/instance/") else { return refusal(.notFound, "Not found") }
        let parts = path.split(separator: "/").dropFirst(2).map(String.init)
        let isText = request.query["format"]?.lowercased() == "text"
        switch (parts.first, parts.count) {
        case (nil, _): return isText ? text("compute/\nnetwork/") : json("{\"compute\":\(Self.compute),\"network\":\(Self.network)}")
        case ("compute", 1): return isText ? text(Self.facts.map(\.0).joined(separator: "\n")) : json(Self.compute)
        case ("network", 1): return json(Self.network)
        case ("compute", 2):
            guard let fact = Self.facts.first(where: { $0.0.lowercased() == parts[1] }) else { return refusal(.notFound, "Not found") }
            // A single value is served as text only.
            return isText ? text(fact.1) : refusal(.badRequest, "Bad request. Format is not supported for this endpoint, use format=text")
        default: return refusal(.notFound, "Not found")
        }
    }

    private func refusal(_ status: HTTPResponseStatus, _ text: String, extra: String = "") -> PlatformAnswer {
        json("{\"error\":\"\(text)\"\(extra)}", status)
    }

    private func json(_ body: String, _ status: HTTPResponseStatus = .ok) -> PlatformAnswer {
        PlatformAnswer(status, contentType: "application/json; charset=utf-8", body: body)
    }

    private func text(_ body: String) -> PlatformAnswer { PlatformAnswer(.ok, contentType: "text/plain; charset=utf-8", body: body) }

    private static let facts = [
        ("azEnvironment", "AzurePublicCloud"), ("location", "westeurope"), ("name", "kmatrix-guest"), ("offer", ""), ("osType", "Linux"),
        ("resourceGroupName", "kmatrix"), ("subscriptionId", "00000000-0000-0000-0000-000000000001"),
        ("vmId", "00000000-0000-0000-0000-000000000002"), ("vmSize", "Standard_D2s_v5"),
    ]

    /// The fields that provisioning needs and that have no single-value path.
    private static let profile =
        #""osProfile":{"adminUsername":"kmatrix","computerName":"kmatrix-guest","disablePasswordAuthentication":"true"},"publicKeys":[],"tagsList":[]"#

    private static let compute = "{" + facts.map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",") + ",\(profile)}"

    /// The IP address and the MAC address of every guest.
    private static let network =
        #"{"interface":[{"ipv4":{"ipAddress":[{"privateIpAddress":"168.0.0.15","publicIpAddress":""}],"subnet":[{"address":"168.0.0.0","prefix":"7"}]},"#
        + #""ipv6":{"ipAddress":[]},"macAddress":"525400123456"}]}"#
}

extension String {
    fileprivate var trimmedBlanks: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
