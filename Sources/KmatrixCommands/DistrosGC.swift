import ArgumentParser
import MatrixRunner

/// `kmatrix distros gc`: gives disk space back.
struct DistrosGC: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove images of distributions that nobody used lately.",
        discussion: "What a running kmatrix is filling at the moment is left alone. 'kmatrix kernels gc' removes the rest of the cache too.")

    @OptionGroup var collection: GarbageOptions

    func run() async throws { try await collection.collect(kinds: DistributionImages.kinds) }
}
