/// A command line fit for a status file: its first words, without what looks like a secret.
enum CommandLineRedaction {
    static let words = 4
    /// Of each word, in bytes.
    static let longestWord = 256
    static let mark = "[REDACTED]"

    /// What comes before a secret, in lower case, with or without dashes, before `=` or `:` or as an option with the next word.
    private static let names = [
        "password", "passwd", "pwd", "passphrase", "secret", "token", "sig", "signature", "key", "accountkey", "sharedaccesskey", "accesskey", "apikey",
        "api-key", "access-token", "sas", "credential", "credentials", "connectionstring", "authorization", "client-secret", "client_secret",
    ]

    static func text(_ arguments: [String]) -> String {
        var result: [String] = []
        var hidesNext = false
        for argument in arguments.prefix(words) {
            let word = String(decoding: argument.utf8.prefix(longestWord), as: UTF8.self)
            result.append(hidesNext ? mark : redacted(word))
            hidesNext = isSecretName(word) || ["bearer", "basic"].contains(word.lowercased())
        }
        return result.joined(separator: " ")
    }

    /// A word with the values of its secrets taken out: `--token=x`, `a=1&sig=2`, `AccountKey=x;…`, `Authorization: Bearer x`.
    static func redacted(_ word: String) -> String {
        var result = ""
        var rest = word[...]
        while let end = rest.firstIndex(where: { "=:".contains($0) }) {
            let before = rest[..<end]
            let name = before.split(whereSeparator: { "?&;,/ \"'".contains($0) }).last ?? before
            let after = rest[rest.index(after: end)...]
            let value = after.prefix { !"&;\"'".contains($0) }
            result += rest[...end]
            if isSecretName(String(name)), !value.isEmpty {
                result += mark
                rest = after.dropFirst(value.count)
            } else {
                rest = after
            }
        }
        return result + rest
    }

    private static func isSecretName(_ word: String) -> Bool {
        let name = word.lowercased().drop { $0 == "-" }
        return names.contains { name == $0 || name.hasSuffix("-\($0)") || name.hasSuffix("_\($0)") }
    }
}
