import ArgumentParser

/// `kmatrix kernels`: the catalogue.
struct KernelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "List, fetch and clean up kernels.",
        subcommands: [KernelsList.self, KernelsFetch.self, KernelsGC.self])
}
