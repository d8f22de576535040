internal import Digests
public import NIOHTTP1

/// Signs requests to the platform (`Azure-HMAC-SHA256`).
public enum RequestSigner {
    public static let scheme = "Azure-HMAC-SHA256"

    /// The value of `x-ms-azure-host-authorization`.
    ///
    /// What is signed must be what goes on the wire: every header that is there, none that is added later.
    public static func authorization(
        method: HTTPMethod, target: String, headers: HTTPHeaders, body: some Sequence<UInt8>, key: LatchedKey
    ) -> String {
        let message = canonical(method: method, target: target, headers: headers, body: body)
        let code = key.secret.authenticationCode(for: message)
        return "\(scheme) \(key.guid) \(code)"
    }

    /// The bytes that are signed: method, body, headers sorted by lower-case name, path, canonical query. On the way of every request,
    /// so it works on bytes.
    static func canonical(method: HTTPMethod, target: String, headers: HTTPHeaders, body: some Sequence<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        bytes.append(contentsOf: method.rawValue.utf8)
        bytes.append(0x0a)
        bytes.append(contentsOf: body)
        bytes.append(0x0a)
        for (name, value) in signedHeaders(headers) {
            bytes.append(contentsOf: name)
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: value)
            bytes.append(0x0a)
        }
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        bytes.append(contentsOf: path)
        bytes.append(0x0a)
        let query = target[path.endIndex...].dropFirst()
        if !query.isEmpty { bytes.append(contentsOf: canonicalQuery(query).utf8) }
        return bytes
    }

    /// By lower-case name; of a repeated name the last value counts.
    private static func signedHeaders(_ headers: HTTPHeaders) -> [(name: [UInt8], value: Substring.UTF8View)] {
        let authorization = Array(ForwardingHeaders.authorization.utf8)
        var result: [(name: [UInt8], value: Substring.UTF8View)] = []
        result.reserveCapacity(16)
        for (name, value) in headers {
            let lower = name.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
            if lower == authorization { continue }
            // A handful of headers: a search is cheaper than a table.
            if let index = result.firstIndex(where: { $0.name == lower }) {
                result[index].value = trimmed(value)
            } else {
                result.append((lower, trimmed(value)))
            }
        }
        result.sort { $0.name.lexicographicallyPrecedes($1.name) }
        return result
    }

    /// Pairs with lower-case names, sorted as `name` + `value`, each once; without `=` where there is no value.
    static func canonicalQuery(_ query: Substring) -> String {
        let pairs = query.split(separator: "&").compactMap { pair -> (name: String, value: Substring)? in
            let name = pair.prefix { $0 != "=" }
            return name.isEmpty ? nil : (name.lowercased(), pair.dropFirst(name.count + 1))
        }
        if pairs.count == 1 { return text(pairs[0]) }
        var seen: Set<[String]> = []
        let distinct = pairs.filter { seen.insert([$0.name, String($0.value)]).inserted }
        let sorted = distinct.sorted { Array(($0.name + $0.value).utf8).lexicographicallyPrecedes(Array(($1.name + $1.value).utf8)) }
        return sorted.map(text).joined(separator: "&")
    }

    private static func text(_ pair: (name: String, value: Substring)) -> String { pair.value.isEmpty ? pair.name : "\(pair.name)=\(pair.value)" }

    private static func trimmed(_ value: String) -> Substring.UTF8View {
        var rest = value[...].utf8
        while let first = rest.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        return rest
    }
}
