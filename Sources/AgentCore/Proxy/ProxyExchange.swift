internal import NIOCore
internal import NIOHTTP1

/// One request and its answer.
struct ProxyExchange {
    let head: HTTPRequestHead
    /// Whether the connection to the destination served a request before this one.
    var isOnKeptConnection = false
    /// Whether it is one of the calls that go on unsigned.
    let isExempt: Bool
    /// The body so far of a request that is to be signed as a whole; nil for one that streams.
    var held: ByteBuffer?
    var bodyBytes = 0
    var requestEnded = false
    var answer: HTTPResponseStatus?
    var keepAlive: Bool

    init(head: HTTPRequestHead, isExempt: Bool) {
        self.head = head
        self.isExempt = isExempt
        keepAlive = head.isKeepAlive
    }

    /// In bytes.
    func largestBody(_ limits: ProxyLimits) -> Int { isExempt ? limits.exemptBodyBytes : limits.bodyBytes }

    /// Whether sending it again on a fresh connection does no harm: the destination may have closed a kept one just then.
    var canRepeat: Bool {
        let isSafe = [HTTPMethod.GET, .HEAD, .OPTIONS].contains(head.method)
        return isOnKeptConnection && isSafe && bodyBytes == 0 && requestEnded && answer == nil
    }

    /// The head to send to the client, and whether the connection may stay after it.
    mutating func forwarded(_ answer: HTTPResponseHead) -> HTTPResponseHead {
        var result = answer
        self.answer = answer.status
        result.headers = ForwardingHeaders.response(answer.headers)
        keepAlive = keepAlive && answer.isKeepAlive
        let isWithoutBody = head.method == .HEAD || answer.status == .noContent || answer.status == .notModified
        if isWithoutBody {
            // Else the encoder would end a body that must not be there.
            result.headers.remove(name: "transfer-encoding")
        } else if !answer.headers.contains(name: "content-length"), !answer.headers.contains(name: "transfer-encoding") {
            // The destination ends the body by closing; towards the client its end must be as certain.
            if head.version == .http1_1, answer.version == .http1_1 {
                result.headers.add(name: "transfer-encoding", value: "chunked")
            } else {
                keepAlive = false
            }
        }
        return result
    }
}

extension ProxyExchange {
    /// The same request, complete, for a fresh connection.
    init(repeating exchange: ProxyExchange) {
        self.init(head: exchange.head, isExempt: exchange.isExempt)
        held = exchange.held
        requestEnded = true
    }
}
