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
        // After an upgrade nobody would read on, whether it is taken up or not.
        keepAlive = head.isKeepAlive && !head.headers.contains(name: "upgrade")
    }

    /// In bytes.
    func largestBody(_ limits: ProxyLimits) -> Int { isExempt ? limits.exemptBodyBytes : limits.bodyBytes }

    /// Whether sending it again on a fresh connection does no harm: the destination may have closed a kept one just then.
    var canRepeat: Bool {
        let isSafe = [HTTPMethod.GET, .HEAD, .OPTIONS].contains(head.method)
        return isOnKeptConnection && isSafe && bodyBytes == 0 && requestEnded && answer == nil
    }

    /// The head to send to the client. Afterwards `keepAlive` says whether the connection may stay.
    mutating func forwarded(_ answer: HTTPResponseHead) -> HTTPResponseHead {
        // The proxy's own version: a body may get another end than the destination gave it.
        var result = HTTPResponseHead(version: .http1_1, status: answer.status, headers: ForwardingHeaders.response(answer.headers))
        self.answer = answer.status
        keepAlive = keepAlive && answer.isKeepAlive
        let hasEncoding = answer.headers.contains(name: "transfer-encoding")
        if head.method == .HEAD || answer.status == .noContent || answer.status == .notModified {
            // Else the encoder would end a body that must not be there.
            if hasEncoding { result.headers.remove(name: "transfer-encoding") }
        } else if head.version == .http1_0 {
            // Such a client knows no chunks and goes by the end of the connection.
            if hasEncoding { result.headers.remove(name: "transfer-encoding") }
            if hasEncoding || !answer.headers.contains(name: "content-length") { keepAlive = false }
        } else if !hasEncoding, !answer.headers.contains(name: "content-length") {
            // The destination ends the body by closing; towards the client its end must be as certain.
            result.headers.add(name: "transfer-encoding", value: "chunked")
        }
        if !keepAlive { result.headers.replaceOrAdd(name: "connection", value: "close") }
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
