internal import Digests
internal import NIOCore
public import NIOHTTP1

/// Signs requests to the platform (`Azure-HMAC-SHA256`).
public enum RequestSigner {
    public static let scheme = "Azure-HMAC-SHA256"

    /// The value of `x-ms-azure-host-authorization` for one of the agent's own requests.
    public static func authorization(
        method: HTTPMethod, target: String, headers: HTTPHeaders, body: some Sequence<UInt8>, key: LatchedKey
    ) -> String {
        var scratch = SigningScratch()
        let request = OutgoingRequest(method: method, target: target, headers: headers)
        let code = [UInt8](unsafeUninitializedCapacity: SecretKey.codeByteCount) { code, count in
            Array(body).withUnsafeBytes { sign(request, body: $0, with: key.secret, into: UnsafeMutableRawBufferPointer(code), &scratch) }
            count = SecretKey.codeByteCount
        }
        return "\(scheme) \(key.guid) \(Hexadecimal.text(code))"
    }

    /// Writes the authentication code of a request.
    ///
    /// The signed headers must be those that are sent: no header may be added or removed after signing.
    static func sign(
        _ request: OutgoingRequest, body: UnsafeRawBufferPointer, with secret: SecretKey, into code: UnsafeMutableRawBufferPointer,
        _ scratch: inout SigningScratch
    ) {
        var running = secret.beginAuthenticationCode()
        forEachPart(of: request, body: body, &scratch) { running.update($0) }
        running.finish(into: code)
    }

    /// Calls `receive` with the bytes that are signed: method, body, headers sorted by lower-case name, path, canonical query.
    static func forEachPart(
        of request: OutgoingRequest, body: UnsafeRawBufferPointer, _ scratch: inout SigningScratch, _ receive: (UnsafeRawBufferPointer) -> Void
    ) {
        request.bytes.withUnsafeReadableBytes { head in
            scratch.text.removeAll(keepingCapacity: true)
            scratch.text.append(contentsOf: request.method.text(in: head))
            scratch.text.append(HTTPGrammar.lineFeed)
            if !body.isEmpty {
                scratch.text.withUnsafeBytes(receive)
                receive(body)
                scratch.text.removeAll(keepingCapacity: true)
            }
            scratch.text.append(HTTPGrammar.lineFeed)
            scratch.appendFields(request.fields, of: head)
            let target = request.target.text(in: head)
            let pathEnd = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
            scratch.text.append(contentsOf: target[..<pathEnd])
            scratch.text.append(HTTPGrammar.lineFeed)
            if pathEnd < target.endIndex { scratch.appendQuery(UnsafeRawBufferPointer(rebasing: target[(pathEnd + 1)...])) }
            scratch.text.withUnsafeBytes(receive)
        }
    }
}

extension OutgoingRequest {
    /// One of the agent's own requests, as far as its signature needs it.
    fileprivate init(method: HTTPMethod, target: String, headers: HTTPHeaders) {
        let text = "\(method.rawValue) \(target) HTTP/1.1\r\n" + headers.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
        self.init()
        var reader = HeadReader(.request, HeadLimits(fields: .max, bytes: .max / 2))
        Array(text.utf8).withUnsafeBytes { bytes in
            guard case .complete = reader.read(bytes), case .request(let line) = reader.start else { return }
            begin(line, reader.fields, of: bytes, keepingReserved: true)
        }
    }
}
