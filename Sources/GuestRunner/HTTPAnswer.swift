/// What the client needs of an HTTP/1.1 answer (RFC 9112). Read as bytes: hundreds are, on an emulated processor.
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
        let lines = bytes[..<end].split { $0 == 10 || $0 == 13 }
        guard let first = lines.first else { throw Malformed() }
        let words = first.split(separator: UInt8(ascii: " "))
        guard words.count >= 2, words[0].starts(with: "HTTP/1.".utf8), words[1].count == 3, let status = Int32(String(decoding: words[1], as: UTF8.self)) else {
            throw Malformed()
        }
        var (hasProxyHeader, length): (Bool, Int?) = (false, nil)
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            if Self.isName(line[..<colon], Self.proxyHeader) { hasProxyHeader = true }
            if Self.isName(line[..<colon], "content-length") { length = Int(String(decoding: Self.trimmed(line[(colon + 1)...]), as: UTF8.self)) }
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

    /// - Parameter name: In lower case.
    private static func isName(_ bytes: ArraySlice<UInt8>, _ name: String) -> Bool {
        bytes.count == name.utf8.count && zip(bytes, name.utf8).allSatisfy { $0 == $1 || $0 | 0x20 == $1 && (0x41...0x5A).contains($0) }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let rest = bytes.drop(while: isBlank)
        return rest.lastIndex { !isBlank($0) }.map { rest[...$0] } ?? rest
    }
}
