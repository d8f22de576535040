import Digests
import Foundation
import MatrixModel
import NIOHTTP1

/// Verifies `x-ms-azure-host-authorization` over the whole request. Written from the protocol's description alone, so that it does not share the
/// bugs of an agent.
struct RequestSignatureCheck {
    static let scheme = "Azure-HMAC-SHA256"
    /// The allowed difference between the request's date and the platform's time, in seconds.
    static let window = 600.0

    let request: PlatformRequest
    let now: Date

    /// - Parameter keys: The keys with which the request may be signed.
    func result(keys: [SecureChannel.Key]) -> (signature: FabricRequest.Signature, note: String?) {
        let values = request.headers["x-ms-azure-host-authorization"]
        guard let value = values.first else { return (.absent, nil) }
        guard values.count == 1 else { return (.wrong, "several signatures") }
        let parts = value.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.scheme, let code = Self.bytes(parts[2]) else { return (.wrong, "malformed signature") }
        guard let key = keys.first(where: { $0.guid == parts[1] }) else { return (.wrong, "signed with an unknown key") }
        guard key.secret.isValid(code, for: canonicalBytes) else {
            return (.wrong, "the signature does not match the request")
        }
        guard let date = request.headers.first(name: "x-ms-azure-host-date").flatMap(HTTPDate.seconds),
            abs(Double(date) - now.timeIntervalSince1970) <= Self.window
        else { return (.wrong, "the date is missing or far from the platform's clock") }
        return (.verified, nil)
    }

    /// The signed bytes, separated by line feeds: method, body, headers by lower-case name, path, query.
    var canonicalBytes: [UInt8] {
        var lines = Array("\(request.method)\n".utf8)
        lines.append(contentsOf: request.body)
        lines.append(0x0A)
        var headers: [String: String] = [:]
        for (name, value) in request.headers { headers[name.lowercased()] = value.trimmingCharacters(in: .whitespaces) }
        headers.removeValue(forKey: "x-ms-azure-host-authorization")
        for name in headers.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            lines.append(contentsOf: "\(name):\(headers[name] ?? "")\n".utf8)
        }
        lines.append(contentsOf: "\(request.path)\n\(Self.canonicalQuery(of: request.target))".utf8)
        return lines
    }

    static func canonicalQuery(of target: String) -> String {
        guard let mark = target.firstIndex(of: "?") else { return "" }
        var pairs: [(sortKey: String, text: String)] = []
        for part in target[target.index(after: mark)...].components(separatedBy: "&") {
            let name: String
            let value: String
            if let equals = part.firstIndex(of: "=") {
                name = part[..<equals].lowercased()
                value = String(part[part.index(after: equals)...])
            } else {
                name = part.lowercased()
                value = ""
            }
            guard !name.isEmpty else { continue }
            let pair = (sortKey: name + value, text: value.isEmpty ? name : "\(name)=\(value)")
            if !pairs.contains(where: { $0 == pair }) { pairs.append(pair) }
        }
        return pairs.sorted { $0.sortKey.utf8.lexicographicallyPrecedes($1.sortKey.utf8) }.map(\.text).joined(separator: "&")
    }

    private static func bytes(_ digits: Substring) -> [UInt8]? {
        let values = digits.compactMap { character in "0123456789abcdef".contains(character) ? character.hexDigitValue : nil }
        guard values.count == digits.count, values.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { UInt8(values[$0] * 16 + values[$0 + 1]) }
    }
}
