/// What a head's fields state about the message and its connection.
struct HeadFacts {
    private(set) var hosts = 0
    private(set) var lengths = 0
    private(set) var encodings = 0
    /// The value of the last `Content-Length`; nil if it is not a number.
    private(set) var length: Int?
    /// Whether the last `Transfer-Encoding` is exactly `chunked`.
    private(set) var isChunked = false
    private(set) var asksToClose = false
    private(set) var asksToKeep = false
    private(set) var asksToUpgrade = false
    /// `Expect: 100-continue`.
    private(set) var expectsContinue = false
    /// Whether `Connection` names a field that only the agent may send.
    private(set) var namesReserved = false

    mutating func note(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        switch name.count {
        case 4 where HTTPGrammar.equals(name, "host"): hosts += 1
        case 6 where HTTPGrammar.equals(name, "expect"): expectsContinue = HTTPGrammar.equals(value, "100-continue")
        case 7 where HTTPGrammar.equals(name, "upgrade"): asksToUpgrade = true
        case 10 where HTTPGrammar.equals(name, "connection"): noteConnection(value)
        case 14 where HTTPGrammar.equals(name, "content-length"):
            lengths += 1
            length = HTTPGrammar.number(value)
        case 17 where HTTPGrammar.equals(name, "transfer-encoding"):
            encodings += 1
            isChunked = HTTPGrammar.equals(value, "chunked")
        default: break
        }
    }

    private mutating func noteConnection(_ value: UnsafeRawBufferPointer) {
        HTTPGrammar.forEachElement(of: value) { word in
            if HTTPGrammar.equals(word, "close") { asksToClose = true }
            if HTTPGrammar.equals(word, "keep-alive") { asksToKeep = true }
            if ForwardingHeaders.isReserved(word) { namesReserved = true }
        }
    }

    /// Whether the end of the message is unambiguous: one length, or chunks, or neither (RFC 9112 section 6.3).
    func hasOneFraming(isHTTP10: Bool) -> Bool {
        guard lengths + encodings <= 1 else { return false }
        if lengths == 1 { return length != nil }
        return encodings == 0 || isChunked && !isHTTP10
    }

    /// Whether the connection stays open after the message. With both `close` and `keep-alive` it is closed.
    func keepsConnection(isHTTP10: Bool) -> Bool { !asksToClose && (asksToKeep || !isHTTP10) }
}
