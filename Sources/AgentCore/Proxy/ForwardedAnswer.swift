internal import NIOCore

/// The head of an answer, as it is sent to the client.
struct ForwardedAnswer {
    let status: StatusLine
    let facts: HeadFacts
    /// Whether the body goes to the client in chunks.
    let isChunked: Bool
    let body: BodyReader
    private let dropsEncoding: Bool

    /// Nil for an answer whose end is ambiguous.
    /// - Parameter exchange: Updated with whether the connection may stay open.
    init?(_ status: StatusLine, _ facts: HeadFacts, to exchange: inout ProxyExchange) {
        guard facts.hasOneFraming(isHTTP10: status.isHTTP10) else { return nil }
        self.status = status
        self.facts = facts
        let hasEncoding = facts.encodings > 0
        exchange.keepAlive = exchange.keepAlive && facts.keepsConnection(isHTTP10: status.isHTTP10)
        if exchange.method == .head || status.code == 204 || status.code == 304 {
            // Otherwise the client would wait for a body that such an answer cannot have.
            (body, isChunked, dropsEncoding) = (.none, false, hasEncoding)
            return
        }
        body = hasEncoding ? .chunked : facts.length.map { .length($0) } ?? .untilClose
        // HTTP/1.0 has no chunks: the end of the connection ends the body.
        if exchange.isHTTP10, facts.length == nil { exchange.keepAlive = false }
        // A body that the destination ends by closing is sent in chunks to an HTTP/1.1 client, so that its end is unambiguous.
        isChunked = !exchange.isHTTP10 && facts.length == nil
        dropsEncoding = hasEncoding && !isChunked
    }

    /// Writes the head, with the proxy's own version: the framing of the body may differ from the destination's.
    func write(_ fields: [HeaderField], of head: UnsafeRawBufferPointer, keepsConnection: Bool, to output: inout ByteBuffer) {
        let size = head.count + 2 * fields.count + 256
        _ = output.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
            var writer = ByteWriter(memory)
            Self.writeStatus(status, of: head, to: &writer)
            for field in fields {
                let name = field.name.text(in: head)
                if leavesOut(name, keepsConnection) { continue }
                _ = writer.append(name, field.value.text(in: head))
            }
            _ = writer.append(ForwardingHeaders.authorizationName, "value")
            if isChunked, facts.encodings == 0 { writer.append("transfer-encoding: chunked\r\n") }
            if !keepsConnection { writer.append("connection: close\r\n") }
            writer.append("\r\n")
            return writer.count
        }
    }

    private static func writeStatus(_ status: StatusLine, of head: UnsafeRawBufferPointer, to writer: inout ByteWriter) {
        writer.append("HTTP/1.1 ")
        writer.appendDecimal(status.code)
        writer.append(" ")
        writer.append(status.reason.text(in: head))
        writer.append("\r\n")
    }

    private func leavesOut(_ name: UnsafeRawBufferPointer, _ keepsConnection: Bool) -> Bool {
        switch name.count {
        case 10 where !keepsConnection: HTTPGrammar.equals(name, "connection")
        case 17 where dropsEncoding: HTTPGrammar.equals(name, "transfer-encoding")
        case 29: HTTPGrammar.equals(name, ForwardingHeaders.authorizationName)
        default: false
        }
    }
}
