import NIOHTTP1

/// The instance metadata service: `Metadata: true` and an API version are required, forwarded requests are refused.
struct IMDSEndpoint: PlatformEndpoint {
    func answer(_ request: PlatformRequest) -> PlatformAnswer {
        guard request.headers.first(name: "Metadata")?.lowercased().trimmedBlanks == "true" else {
            return refusal("Bad request. Required metadata header not specified")
        }
        // A proxy adds this header, and IMDS answers none.
        guard request.headers.first(name: "X-Forwarded-For") == nil else { return refusal("Bad request. Request contains X-Forwarded-For header") }
        guard request.method == "GET" || request.method == "HEAD" else {
            return PlatformAnswer(.methodNotAllowed, contentType: "application/json", body: #"{"error":"Method not allowed"}"#)
        }
        guard request.path == "/metadata/instance" else {
            return PlatformAnswer(.notFound, contentType: "application/json", body: #"{"error":"Not found"}"#)
        }
        guard request.query["api-version"] != nil else {
            return refusal("Bad request. api-version was not specified in the request", extra: #","newest-versions":["2021-12-13","2021-02-01","2018-02-01"]"#)
        }
        return PlatformAnswer(.ok, contentType: "application/json; charset=utf-8", body: Self.instance)
    }

    private func refusal(_ text: String, extra: String = "") -> PlatformAnswer {
        PlatformAnswer(.badRequest, contentType: "application/json; charset=utf-8", body: "{\"error\":\"\(text)\"\(extra)}")
    }

    private static let instance = """
        {"compute":{"azEnvironment":"AzurePublicCloud","location":"westeurope","name":"kmatrix-guest","offer":"","osType":"Linux",\
        "resourceGroupName":"kmatrix","subscriptionId":"00000000-0000-0000-0000-000000000001",\
        "vmId":"00000000-0000-0000-0000-000000000002","vmSize":"Standard_D2s_v5"},\
        "network":{"interface":[{"ipv4":{"ipAddress":[{"privateIpAddress":"168.0.0.15","publicIpAddress":""}]},"macAddress":"525400123456"}]}}
        """
}

extension String {
    fileprivate var trimmedBlanks: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
