internal import NIOHTTP1

/// Requests that two readers could take apart differently (RFC 9112 sections 6.1 to 6.3 and 11.2). The destination is such a second
/// reader, so they go no further.
enum FramingCheck {
    /// Why a head is refused; nil for one that means one thing only.
    static func refusal(of head: HTTPRequestHead) -> HTTPResponseStatus? {
        guard head.version == .http1_1 || head.version == .http1_0 else { return .httpVersionNotSupported }
        guard head.uri.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), !head.uri.isEmpty else { return .badRequest }
        let hosts = head.headers["host"].count
        guard hosts == 1 || (hosts == 0 && head.version == .http1_0) else { return .badRequest }
        for (name, value) in head.headers {
            guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte), value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                return .badRequest
            }
        }
        let lengths = raw(head.headers, "content-length")
        let encodings = raw(head.headers, "transfer-encoding")
        guard lengths.count + encodings.count <= 1 else { return .badRequest }
        if let length = lengths.first {
            guard !length.isEmpty, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }), Int(length) != nil else { return .badRequest }
        }
        if let encoding = encodings.first {
            guard encoding.lowercased() == "chunked", head.version == .http1_1 else { return .badRequest }
        }
        return nil
    }

    /// The values as they came, each header for itself.
    private static func raw(_ headers: HTTPHeaders, _ name: String) -> [String] {
        headers.lazy.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// RFC 9110 section 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
