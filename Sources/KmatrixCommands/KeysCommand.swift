import ArgumentParser

/// `kmatrix keys`: the vendors' public keys.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List and fetch the public keys that verify vendors' kernels and images.",
        discussion: """
            Runs fetch the keys they need. A key comes from --keyring or the configuration file, else from this machine's packages, else from the \
            cache, else from Debian's packages of keys, which are verified like any other package. Only the key with the fingerprint that the \
            catalogue states is used.
            """,
        subcommands: [KeysList.self, KeysFetch.self])
}
