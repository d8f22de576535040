import ArgumentParser
import ArtefactCache
import KernelCatalogue
import MatrixModel
import MatrixReport

/// `kmatrix kernels list`: what is on offer.
struct KernelsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List available kernels, oldest first",
        discussion: """
            Without --kernel: the newest kernel of each series, Debian's cloud flavour.

            EXAMPLES
              kmatrix kernels list
              kmatrix kernels list --kernel all@ubuntu-22.04
              kmatrix kernels list --arch all
              kmatrix kernels list --kernel '>=6.1,<6.13' --all-versions
            """)

    @Option(help: ArgumentHelp("Kernels, as for run; may be repeated", valueName: "selector"))
    var kernel: [String] = []

    @OptionGroup var architecture: ArchitectureOptions

    @Flag(help: "All versions, not only the newest of each series")
    var allVersions = false

    @OptionGroup(title: "Repositories") var kernels: KernelOptions

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() async throws {
        let arguments = self
        let encoded = try await InterruptibleWork.run { try await arguments.choose() }
        switch format {
        case .json: try StandardOutput.writeJSON(["kernels": encoded])
        case .jsonl: for kernel in encoded { try StandardOutput.writeJSON(kernel, isCompact: true) }
        case .table:
            let rows =
                [["series", "version", "flavour", "release", "origin", "cached"]]
                + encoded.map { [$0.series, $0.kernel, $0.flavour, $0.release, $0.origin, $0.cached ? "yes" : "no"] }
            StandardOutput.write(TextColumns.render(rows) + "\n")
        }
    }

    private func choose() async throws -> [EncodedKernel] {
        let host = KernelCatalogue(settings: try kernels.settings(cache: .standard()))
        var encoded: [EncodedKernel] = []
        for architecture in try architecture.architectures() {
            let catalogue = try host.of(architecture)
            encoded += try await choose(from: catalogue).map { EncodedKernel($0, architecture, isCached: catalogue.isCached($0)) }
        }
        return encoded
    }

    private func choose(from catalogue: KernelCatalogue) async throws -> [CatalogueKernel] {
        let selectors = try kernel.isEmpty ? [.all(.standard)] : kernel.map { try KernelSelector(parsing: $0) }
        let listing = try await catalogue.listing(for: selectors) { event in if !event.isDetail { StandardError.line(event.description) } }
        for warning in listing.warnings { StandardError.line("warning: \(warning)") }
        if let lateness = listing.lateness { StandardError.line("note: \(lateness)") }
        if allVersions && kernel.isEmpty { return listing.kernels }
        var seen: Set<CatalogueKernel> = []
        let chosen = try selectors.flatMap { try listing.resolve($0, everyVersion: allVersions) }.filter { seen.insert($0).inserted }
        return chosen.sorted { $0.identity < $1.identity }
    }
}

private struct EncodedKernel: Encodable {
    let architecture: Architecture
    let kernel: String
    let series: String
    let flavour: String
    let release: String
    let origin: String
    let cached: Bool

    init(_ kernel: CatalogueKernel, _ architecture: Architecture, isCached: Bool) {
        self.architecture = architecture
        self.kernel = kernel.identity.version.description
        series = kernel.identity.series.description
        flavour = kernel.identity.flavour.name
        release = kernel.identity.release
        origin = kernel.identity.origin
        cached = isCached
    }
}
