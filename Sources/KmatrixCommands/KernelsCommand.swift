import ArgumentParser

/// `kmatrix kernels`: the catalogue.
struct KernelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "List and fetch kernels, clean the cache",
        subcommands: [KernelsList.self, KernelsFetch.self, KernelsGC.self])
}
