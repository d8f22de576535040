public import NIOHTTP1

/// What the proxy changes in the headers that pass through it.
public enum ForwardingHeaders {
    public static let claims = "x-ms-azure-host-claims"
    public static let date = "x-ms-azure-host-date"
    public static let authorization = "x-ms-azure-host-authorization"

    /// Host and all others pass as they are; what only the agent may say replaces what the client said.
    public static func request(_ headers: HTTPHeaders, claims caller: CallerClaims, date text: String) -> HTTPHeaders {
        var result = headers
        // Without a key nothing is signed, and a client's own signature must not look like the agent's.
        result.remove(name: authorization)
        result.replaceOrAdd(name: claims, value: caller.headerValue)
        result.replaceOrAdd(name: date, value: text)
        return result
    }

    /// The header by which clients see that the agent was in between; its value is this word.
    public static func response(_ headers: HTTPHeaders) -> HTTPHeaders {
        var result = headers
        result.replaceOrAdd(name: authorization, value: "value")
        return result
    }
}
