internal import NIOHTTP1

/// Rejects requests by their heads alone, from any caller. The order is that of Azure's own agent, so that a client that breaks two rules gets
/// the same answer.
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

    /// The declared length; 0 if there is none.
    var bodyLength: Int { facts.length ?? 0 }

    /// Nil for a head that is accepted.
    func refusal(target: UnsafeRawBufferPointer, _ limits: ProxyLimits) -> HTTPResponseStatus? {
        // The destination parses the head too, so everything that it could read differently is rejected (RFC 9112 sections 3.2, 6.1 to 6.3 and
        // 11.2).
        guard facts.hosts == 1 || facts.hosts == 0 && line.isHTTP10, facts.hasOneFraming(isHTTP10: line.isHTTP10) else { return .badRequest }
        // The next reader removes fields that `Connection` names, so a client must not name the agent's.
        guard !facts.namesReserved else { return .badRequest }
        guard target.count <= limits.targetBytes else { return .uriTooLong }
        guard bodyLength <= (isExemptCall ? limits.exemptBodyBytes : limits.bodyBytes) else { return .payloadTooLarge }
        guard line.method != .notServed else { return .methodNotAllowed }
        guard !TargetCheck.isSuspicious(target) else { return .forbidden }
        return TargetCheck.isOriginForm(target) ? nil : .badRequest
    }

    /// The text of some rejections.
    static func text(_ status: HTTPResponseStatus) -> String {
        switch status {
        case .payloadTooLarge: "length limit exceeded"
        case .methodNotAllowed: "Method Not Allowed"
        default: ""
        }
    }
}
