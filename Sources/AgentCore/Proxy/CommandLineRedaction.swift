/// Shortens a command line for a status file: its first words, without secrets.
///
/// It runs for every connection, so it works on bytes: on an emulated processor characters take ten times as long.
enum CommandLineRedaction {
    static let words = 4
    /// The limit of each word, in bytes.
    static let longestWord = 256
    static let mark = "[REDACTED]"

    /// Names that precede a secret, in lower case: with or without dashes, before `=` or `:`, or as an option before the next word.
    private static let names = [
        "pwd", "passphrase", "token", "sig", "signature", "key", "sas", "credential", "credentials", "authorization",
    ].map { Array($0.utf8) }

    /// Substrings that occur only in names of secrets.
    private static let parts = ["password", "passwd", "secret", "sharedaccess", "accesskey", "accountkey", "apikey", "connectionstring"].map { Array($0.utf8) }
    /// Authentication schemes that precede a secret.
    private static let schemes = ["bearer", "basic", "sharedaccesssignature"]
    /// Options whose next word is a user name with a password.
    private static let logins = ["-u", "--user", "--proxy-user"]

    static func text(_ arguments: [String]) -> String {
        var result: [String] = []
        var hidesNext = false
        for argument in arguments.prefix(words) {
            let word = String(decoding: argument.utf8.prefix(longestWord), as: UTF8.self)
            result.append(hidesNext ? mark : redacted(word))
            hidesNext = isSecretName(word.utf8) || schemes.contains(word.lowercased()) || logins.contains(word)
        }
        return result.joined(separator: " ")
    }

    /// Removes the values of secrets from a word: `--token=x`, `a=1&sig=2`, `AccountKey=x;…`, `Authorization: Bearer x`, `https://user:x@host/`.
    static func redacted(_ word: String) -> String {
        let bytes = Array(withoutSchemes(word).utf8)
        var result: [UInt8] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) {
            let name = lastPart(of: rest[..<end])
            let after = rest[(end + 1)...]
            let value = after.prefix { !isValueEnd($0) }
            result += rest[...end]
            if isSecretName(name), !value.isEmpty {
                result += mark.utf8
                rest = after.dropFirst(value.count)
            } else if after.starts(with: "//".utf8), let login = login(after.dropFirst(2)) {
                result += "//\(mark)".utf8
                rest = after.dropFirst(2 + login.count)
            } else {
                rest = after
            }
        }
        return String(decoding: result + rest, as: UTF8.self)
    }

    /// The part before the `@` in a URL's authority.
    private static func login(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let authority = text.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        return authority.lastIndex(of: UInt8(ascii: "@")).map { authority[..<$0] }
    }

    /// The text after the last separator, without separators at the end; all of it if there is none.
    private static func lastPart(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let last = text.lastIndex(where: { !isSeparator($0) }) else { return text }
        let part = text[...last]
        return part.lastIndex(where: isSeparator).map { part[($0 + 1)...] } ?? part
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "/"), UInt8(ascii: " "), UInt8(ascii: "\""),
            UInt8(ascii: "'"),
            UInt8(ascii: "{"):
            true
        default: false
        }
    }

    private static func isValueEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
        default: false
        }
    }

    /// `X: Bearer abc`, where the name is not that of a secret.
    private static func withoutSchemes(_ word: String) -> String {
        guard word.utf8.contains(UInt8(ascii: " ")) else { return word }
        var words = word.split(separator: " ", omittingEmptySubsequences: false)
        for index in words.indices.dropFirst() where schemes.contains(words[index - 1].lowercased()) { words[index] = Substring(mark) }
        return words.joined(separator: " ")
    }

    private static func isSecretName(_ word: some Collection<UInt8>) -> Bool {
        let name = word.drop { $0 == UInt8(ascii: "-") }.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return names.contains { isEnd($0, of: name) } || parts.contains { isPart($0, of: name) }
    }

    private static func isPart(_ part: [UInt8], of name: [UInt8]) -> Bool {
        var place = name[...]
        while place.count >= part.count, let start = place.firstIndex(of: part[0]) {
            if name[start...].starts(with: part) { return true }
            place = name[(start + 1)...]
        }
        return false
    }

    /// Whether a name equals this one, or ends with it after a dash or an underscore.
    private static func isEnd(_ end: [UInt8], of name: [UInt8]) -> Bool {
        let start = name.count - end.count
        guard start >= 0, name[start...] == end[...] else { return false }
        return start == 0 || name[start - 1] == UInt8(ascii: "-") || name[start - 1] == UInt8(ascii: "_")
    }
}
