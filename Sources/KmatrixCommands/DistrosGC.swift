import ArgumentParser
import MatrixRunner

/// `kmatrix distros gc`: gives disk space back.
struct DistrosGC: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove unused distribution images",
        discussion: "Entries in use by a running kmatrix stay. 'kmatrix kernels gc' cleans the whole cache.")

    @OptionGroup var collection: GarbageOptions

    func run() async throws { try await collection.collect(kinds: DistributionImages.kinds) }
}
