internal import Crypto
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
        let code = HMAC<SHA256>.authenticationCode(for: message, using: key.secret)
        return "\(scheme) \(key.guid) \(Hexadecimal.text(code))"
    }

    /// The bytes that are signed: method, body, headers sorted by lower-case name, path, canonical query.
    static func canonical(method: HTTPMethod, target: String, headers: HTTPHeaders, body: some Sequence<UInt8>) -> [UInt8] {
        var bytes = Array("\(method.rawValue)\n".utf8)
        bytes.append(contentsOf: body)
        bytes.append(0x0a)
        // Of a repeated name the last value counts.
        var values: [String: Substring] = [:]
        for (name, value) in headers { values[name.lowercased()] = trimmed(value) }
        values[ForwardingHeaders.authorization] = nil
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { bytes.append(contentsOf: "\(name):\(value)\n".utf8) }
        let path = target.prefix { $0 != "?" }
        bytes.append(contentsOf: "\(path)\n\(canonicalQuery(target.dropFirst(path.count + 1)))".utf8)
        return bytes
    }

    /// Pairs with lower-case names, sorted as `name` + `value`, each once; without `=` where there is no value.
    static func canonicalQuery(_ query: Substring) -> String {
        let pairs = query.split(separator: "&").compactMap { pair -> (name: String, value: Substring)? in
            let name = pair.prefix { $0 != "=" }
            return name.isEmpty ? nil : (name.lowercased(), pair.dropFirst(name.count + 1))
        }
        var seen: Set<[String]> = []
        let distinct = pairs.filter { seen.insert([$0.name, String($0.value)]).inserted }
        let sorted = distinct.sorted { Array(($0.name + $0.value).utf8).lexicographicallyPrecedes(Array(($1.name + $1.value).utf8)) }
        return sorted.map { $0.value.isEmpty ? $0.name : "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    private static func trimmed(_ value: String) -> Substring {
        var rest = value[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest
    }
}
