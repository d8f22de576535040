import ArgumentParser

/// `kmatrix kernels gc`: gives disk space back.
struct KernelsGC: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove what the cache holds and nobody used lately.",
        discussion: "What a running kmatrix is filling at the moment is left alone.")

    @OptionGroup var collection: GarbageOptions

    func run() async throws { try await collection.collect() }
}
