internal import Digests
internal import NIOCore

/// A request's head as it is sent to the destination. The next request on the connection reuses its memory.
struct OutgoingRequest {
    /// Complete after `end`.
    private(set) var bytes = ByteBuffer()
    private(set) var fields: [HeaderField] = []
    private(set) var method = TextRange()
    private(set) var target = TextRange()

    /// The extra space for claims, date and signature, in bytes.
    private static let room = 512
    /// The memory that is kept between requests, in bytes.
    private static let largestKept = 16 << 10

    /// Starts with a request's head. Blanks around values are dropped.
    /// - Parameter keepingReserved: False for a client's request: fields that only the agent may send are then removed.
    mutating func begin(_ line: RequestLine, _ received: [HeaderField], of head: UnsafeRawBufferPointer, keepingReserved: Bool = false) {
        let size = head.count + 2 * received.count + Self.room
        bytes.clear(minimumCapacity: size)
        var (method, target, fields) = (TextRange(), TextRange(), self.fields)
        self.fields = []
        fields.removeAll(keepingCapacity: true)
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
            var writer = ByteWriter(memory)
            method = writer.append(line.methodText.text(in: head))
            writer.append(" ")
            target = writer.append(line.target.text(in: head))
            writer.append(line.isHTTP10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n")
            for field in received {
                let name = field.name.text(in: head)
                // If the request is not signed, a client's own signature must not look like the agent's.
                if !keepingReserved, ForwardingHeaders.isReserved(name) { continue }
                fields.append(writer.append(name, field.value.text(in: head)))
            }
            return writer.count
        }
        (self.method, self.target, self.fields) = (method, target, fields)
    }

    /// Adds the agent's own fields, and ends the head.
    /// - Parameter key: The key to sign with; nil for a request that goes on unsigned.
    mutating func end(claims: String, date: String, signing key: LatchedKey?, body: ByteBuffer, _ scratch: inout SigningScratch) {
        add(ForwardingHeaders.claimsName, claims)
        add(ForwardingHeaders.dateName, date)
        if let key {
            withUnsafeTemporaryAllocation(byteCount: SecretKey.codeByteCount, alignment: 1) { code in
                body.withUnsafeReadableBytes { RequestSigner.sign(self, body: $0, with: key.secret, into: code, &scratch) }
                let size = Self.room + key.guid.utf8.count
                bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
                    var writer = ByteWriter(memory)
                    writer.append(ForwardingHeaders.authorizationName)
                    writer.append(": ")
                    writer.append(RequestSigner.scheme)
                    writer.append(" ")
                    writer.append(key.guid)
                    writer.append(" ")
                    writer.appendHexadecimal(UnsafeRawBufferPointer(code))
                    writer.append("\r\n")
                    return writer.count
                }
            }
        }
        bytes.writeStaticString("\r\n")
    }

    mutating func append(_ body: ByteBuffer) { bytes.writeImmutableBuffer(body) }

    mutating func append(_ text: String) { bytes.writeString(text) }

    /// Releases large memory, because the connection may now be idle for long.
    mutating func shrink() {
        if bytes.capacity > Self.largestKept { bytes = ByteBuffer() }
    }

    private mutating func add(_ name: StaticString, _ value: String) {
        let start = bytes.writerIndex
        let size = name.utf8CodeUnitCount + value.utf8.count + 4
        var added = HeaderField(name: TextRange(), value: TextRange())
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
            var writer = ByteWriter(memory)
            added = writer.append(name, value)
            return writer.count
        }
        fields.append(added.moved(by: start))
    }

    // MARK: What it says

    var methodText: String { text(method) }
    var targetText: String { text(target) }

    func withTarget<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeReadableBytes { try body(target.text(in: $0)) }
    }

    private func text(_ range: TextRange) -> String { bytes.withUnsafeReadableBytes { String(decoding: range.text(in: $0), as: UTF8.self) } }
}
