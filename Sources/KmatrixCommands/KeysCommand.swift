import ArgumentParser

/// `kmatrix keys`: the vendors' public keys.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List and fetch the public keys of vendors",
        discussion: """
            Runs fetch the keys they need. Sources, in this order: --keyring or config.yml, this
            machine's packages, the cache, Debian's packages of keys, which are verified. Only the
            key with the catalogue's fingerprint is used.
            """,
        subcommands: [KeysList.self, KeysFetch.self])
}
