internal import NIOHTTP1

/// What a request's head alone is refused for, whoever it comes from. The order is that of Azure's own agent: clients that break two
/// rules get the same answer from both.
enum RequestCheck {
    static let methods: [HTTPMethod] = [.GET, .HEAD, .POST, .PUT, .DELETE, .OPTIONS, .PATCH]

    /// Nil for a head that may go on.
    static func refusal(of head: HTTPRequestHead, _ limits: ProxyLimits) -> HTTPResponseStatus? {
        if let refusal = FramingCheck.refusal(of: head) { return refusal }
        // Headers named there are for the next reader to take away; the agent's own are not for a client to name.
        guard !head.headers[canonicalForm: "connection"].contains(where: { ForwardingHeaders.isReserved(String($0)) }) else { return .badRequest }
        guard head.uri.utf8.count <= limits.targetBytes else { return .uriTooLong }
        guard bodyLength(head) <= (ExemptCall.matches(head) ? limits.exemptBodyBytes : limits.bodyBytes) else { return .payloadTooLarge }
        guard methods.contains(head.method) else { return .methodNotAllowed }
        guard !TargetCheck.isSuspicious(head.uri) else { return .forbidden }
        return TargetCheck.isOriginForm(head.uri) ? nil : .badRequest
    }

    /// As the head says; 0 where it says nothing.
    static func bodyLength(_ head: HTTPRequestHead) -> Int {
        head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
    }

    /// The few words that some refusals carry.
    static func text(_ status: HTTPResponseStatus) -> String {
        switch status {
        case .payloadTooLarge: "length limit exceeded"
        case .methodNotAllowed: "Method Not Allowed"
        default: ""
        }
    }
}
