import JSON

internal import NIOHTTP1

extension HostClient {
    /// `GET /secure-channel/status`. Sets the clock to the time of the answer.
    func keyStatus(synchronising clock: HostClock) throws -> KeyStatus {
        let path = "/secure-channel/status"
        let answer = try send(.GET, path)
        guard (200..<300).contains(answer.status.code) else { throw Failure.status(url: url(path), answer.status) }
        // The time is valid even if the document is not.
        if let time = Self.time(of: answer) { clock.synchronise(time) }
        return try KeyStatus(try Self.document(answer, of: "KeyStatus"))
    }

    /// `POST /secure-channel/key`.
    func acquireKey() throws(KeyFailure) -> KeyDocument {
        let answer = try call("acquire", "/secure-channel/key", body: Array(#"{"authorizationScheme": "\#(RequestSigner.scheme)"}"#.utf8))
        do {
            return try KeyDocument(try Self.document(answer, of: "Key"))
        } catch {
            throw KeyFailure(description: "Deserialization failed: \(error)")
        }
    }

    /// `POST /secure-channel/key/<guid>/key-attestation`, signed with that key.
    func attest(_ key: LatchedKey) throws(KeyFailure) {
        _ = try call("attest", "/secure-channel/key/\(key.guid)/key-attestation", key: key)
    }

    private func call(_ name: String, _ path: String, body: [UInt8] = [], key: LatchedKey? = nil) throws(KeyFailure) -> Answer {
        let answer: Answer
        do throws(Failure) {
            answer = try send(.POST, path, body: body, key: key)
        } catch {
            throw KeyFailure(description: "Key(SendKeyRequest(\"\(name)\", \"\(error)\"))")
        }
        guard answer.status == .ok else { throw KeyFailure(description: "Key(KeyResponse(\"\(name)\", \(answer.status.code)))") }
        return answer
    }

    /// Why a key could not be obtained, as Azure's own agent prints it.
    struct KeyFailure: Error, Hashable, CustomStringConvertible {
        let description: String
    }

    /// Parses the answer as JSON. Errors never quote the body: it may be a key.
    private static func document(_ answer: Answer, of type: String) throws -> JSONValue {
        var bytes = answer.body
        let contentType = answer.headers.first(name: "content-type")?.lowercased() ?? ""
        if contentType.contains("utf-16") {
            let units = stride(from: 0, to: bytes.count - bytes.count % 2, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
            bytes = Array(String(decoding: units, as: UTF16.self).utf8)
        }
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            let kind = contentType.isEmpty ? "no content type" : String(contentType.prefix(64))
            throw KeyFailure(
                description: "Deserialization failed: Failed to json deserialize response body with \(type) (\(bytes.count) bytes, \(kind)) with error \(error)"
            )
        }
    }

    private static func time(of answer: Answer) -> WallClock? {
        [ForwardingHeaders.date, "date"].lazy.compactMap { answer.headers.first(name: $0).flatMap(WallClock.init(httpDate:)) }.first
    }
}
