/// The state of one request and its answer, without their bytes.
struct ProxyExchange {
    let method: RequestMethod
    /// Whether the client speaks HTTP/1.0.
    let isHTTP10: Bool
    /// Whether it is one of the calls that go on unsigned.
    let isExempt: Bool
    /// Whether the request is held back until it is complete, so that it can be signed.
    let isHeld: Bool
    /// Whether the connection to the destination has served an earlier request.
    var isOnKeptConnection = false
    var isChunked: Bool
    var body: BodyReader
    var bodyBytes = 0
    var requestEnded = false
    /// The status of the answer; nil while there is none.
    var answer: UInt16?
    var answerBody = BodyReader.none
    /// Whether the answer's body goes to the client in chunks.
    var answerIsChunked = false
    var keepAlive: Bool

    init(_ line: RequestLine, _ facts: HeadFacts, isExempt: Bool, isHeld: Bool) {
        method = line.method
        isHTTP10 = line.isHTTP10
        self.isExempt = isExempt
        self.isHeld = isHeld
        isChunked = facts.encodings > 0
        body = isChunked ? .chunked : .length(facts.length ?? 0)
        // After an upgrade request the connection may not carry HTTP any more.
        keepAlive = facts.keepsConnection(isHTTP10: line.isHTTP10) && !facts.asksToUpgrade
    }

    /// The limit of the request's body, in bytes.
    func largestBody(_ limits: ProxyLimits) -> Int { isExempt ? limits.exemptBodyBytes : limits.bodyBytes }

    /// Whether the request can be repeated on a new connection without harm: the destination may have closed the kept one just before.
    var canRepeat: Bool { isOnKeptConnection && method.isSafe && bodyBytes == 0 && !isChunked && requestEnded && answer == nil }
}
