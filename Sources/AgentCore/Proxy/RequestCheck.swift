internal import NIOHTTP1

/// What a request's head alone is refused for, from any caller. The order is that of Azure's own agent: clients that break two
/// rules get the same answer from both.
struct RequestCheck {
    let line: RequestLine
    let facts: HeadFacts
    /// Whether it is one of the two calls that may be large.
    let isExemptCall: Bool

    init(_ line: RequestLine, _ facts: HeadFacts, target: UnsafeRawBufferPointer) {
        self.line = line
        self.facts = facts
        isExemptCall = ExemptCall.matches(line.method, target)
    }

    /// As the head says; 0 where it says nothing.
    var bodyLength: Int { facts.length ?? 0 }

    /// Nil for a head that may go on.
    func refusal(target: UnsafeRawBufferPointer, _ limits: ProxyLimits) -> HTTPResponseStatus? {
        // The destination is a second reader: what it could take apart differently goes no further (RFC 9112 sections 3.2, 6.1 to 6.3 and 11.2).
        guard facts.hosts == 1 || facts.hosts == 0 && line.isHTTP10, facts.hasOneFraming(isHTTP10: line.isHTTP10) else { return .badRequest }
        // Headers named there are for the next reader to take away; the agent's own are not for a client to name.
        guard !facts.namesReserved else { return .badRequest }
        guard target.count <= limits.targetBytes else { return .uriTooLong }
        guard bodyLength <= (isExemptCall ? limits.exemptBodyBytes : limits.bodyBytes) else { return .payloadTooLarge }
        guard line.method != .notServed else { return .methodNotAllowed }
        guard !TargetCheck.isSuspicious(target) else { return .forbidden }
        return TargetCheck.isOriginForm(target) ? nil : .badRequest
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
