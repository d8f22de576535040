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
        for (name, _) in headers where isReserved(name) { result.remove(name: name) }
        result.add(name: claims, value: caller.headerValue)
        result.add(name: date, value: text)
        return result
    }

    /// Whether only the agent may say it. Some servers take underscores for dashes.
    static func isReserved(_ name: String) -> Bool {
        let reserved = "x-ms-azure-host-".utf8
        return name.utf8.count >= reserved.count
            && zip(name.utf8, reserved).allSatisfy { byte, wanted in byte | 0x20 == wanted || wanted == UInt8(ascii: "-") && byte == UInt8(ascii: "_") }
    }

    /// The header by which clients see that the agent was in between; its value is this word.
    public static func response(_ headers: HTTPHeaders) -> HTTPHeaders {
        var result = headers
        result.replaceOrAdd(name: authorization, value: "value")
        return result
    }
}
