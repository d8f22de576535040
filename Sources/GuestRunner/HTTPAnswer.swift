/// What the client needs of an HTTP/1.1 answer (RFC 9112).
struct HTTPAnswer: Hashable {
    let status: Int32
    let hasProxyHeader: Bool
    /// The body's length if the answer declares one.
    let contentLength: Int?
    /// Where the body starts.
    let bodyStart: Int

    static let proxyHeader = "x-ms-azure-host-authorization"

    /// Nil while the head is incomplete.
    init?(_ bytes: [UInt8]) throws(Malformed) {
        guard let end = Self.headEnd(bytes) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let first = lines.first else { throw Malformed() }
        let words = first.split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3, let status = Int32(words[1]) else { throw Malformed() }
        var (hasProxyHeader, length): (Bool, Int?) = (false, nil)
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            switch line[..<colon].lowercased() {
            case Self.proxyHeader: hasProxyHeader = true
            case "content-length": length = Int(line[line.index(after: colon)...].trimmed)
            default: break
            }
        }
        self.status = status
        self.hasProxyHeader = hasProxyHeader
        self.contentLength = length.flatMap { $0 >= 0 ? $0 : nil }
        self.bodyStart = end + 4
    }

    struct Malformed: Error {}

    func isComplete(_ bytes: [UInt8]) -> Bool { contentLength.map { bytes.count - bodyStart >= $0 } ?? false }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { bytes[$0] == 13 && bytes[$0 + 1] == 10 && bytes[$0 + 2] == 13 && bytes[$0 + 3] == 10 }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = self
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest
    }
}
