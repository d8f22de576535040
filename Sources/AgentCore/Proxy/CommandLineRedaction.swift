/// A command line fit for a status file: its first words, without what looks like a secret.
enum CommandLineRedaction {
    static let words = 4
    /// Of each word, in bytes.
    static let longestWord = 256
    static let mark = "[REDACTED]"

    /// What comes before a secret, in lower case, with or without dashes, before `=` or `:` or as an option with the next word.
    private static let names = [
        "pwd", "passphrase", "token", "sig", "signature", "key", "sas", "credential", "credentials", "authorization",
    ]

    /// Words that no name of anything else has in it.
    private static let parts = ["password", "passwd", "secret", "sharedaccess", "accesskey", "accountkey", "apikey", "connectionstring"]
    /// What names a way to authenticate, before the secret itself.
    private static let schemes = ["bearer", "basic", "sharedaccesssignature"]
    /// Options whose next word is a name with a password.
    private static let logins = ["-u", "--user", "--proxy-user"]

    static func text(_ arguments: [String]) -> String {
        var result: [String] = []
        var hidesNext = false
        for argument in arguments.prefix(words) {
            let word = String(decoding: argument.utf8.prefix(longestWord), as: UTF8.self)
            result.append(hidesNext ? mark : redacted(word))
            hidesNext = isSecretName(word) || schemes.contains(word.lowercased()) || logins.contains(word)
        }
        return result.joined(separator: " ")
    }

    /// A word with the values of its secrets taken out: `--token=x`, `a=1&sig=2`, `AccountKey=x;…`, `Authorization: Bearer x`,
    /// `https://user:x@host/`.
    static func redacted(_ word: String) -> String {
        var result = ""
        var rest = withoutSchemes(word)[...]
        while let end = rest.firstIndex(where: { "=:".contains($0) }) {
            let before = rest[..<end]
            let name = before.split(whereSeparator: { "?&;,/ \"'{".contains($0) }).last ?? before
            let after = rest[rest.index(after: end)...]
            let value = after.prefix { !"&;\"'".contains($0) }
            result += rest[...end]
            if isSecretName(String(name)), !value.isEmpty {
                result += mark
                rest = after.dropFirst(value.count)
            } else if after.hasPrefix("//"), let login = login(after.dropFirst(2)) {
                result += "//\(mark)"
                rest = after.dropFirst(2 + login.count)
            } else {
                rest = after
            }
        }
        return result + rest
    }

    /// What stands before the `@` of a URL's authority.
    private static func login(_ text: Substring) -> Substring? {
        let authority = text.prefix { !"/?#".contains($0) }
        return authority.lastIndex(of: "@").map { authority[..<$0] }
    }

    /// `X: Bearer abc`, wherever the name says nothing.
    private static func withoutSchemes(_ word: String) -> String {
        var words = word.split(separator: " ", omittingEmptySubsequences: false)
        for index in words.indices.dropFirst() where schemes.contains(words[index - 1].lowercased()) { words[index] = Substring(mark) }
        return words.joined(separator: " ")
    }

    private static func isSecretName(_ word: String) -> Bool {
        let name = word.lowercased().drop { $0 == "-" }
        return names.contains { name == $0 || name.hasSuffix("-\($0)") || name.hasSuffix("_\($0)") } || parts.contains { name.contains($0) }
    }
}
