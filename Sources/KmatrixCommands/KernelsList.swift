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
              kmatrix kernels list --kernel '>=6.1,<6.13/amd64' --all-versions
            """)

    @Option(help: ArgumentHelp("Kernels, as for run; may be repeated", valueName: "selector"))
    var kernel: [String] = []

    @Flag(help: "All versions, not only the newest of each series")
    var allVersions = false

    @OptionGroup(title: "Repositories") var kernels: KernelOptions

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() async throws {
        let arguments = self
        let (chosen, catalogue) = try await InterruptibleWork.run { try await arguments.choose() }
        let encoded = chosen.map { EncodedKernel($0, isCached: catalogue.isCached($0)) }
        switch format {
        case .json: try StandardOutput.writeJSON(["kernels": encoded])
        case .jsonl: for kernel in encoded { try StandardOutput.writeJSON(kernel, isCompact: true) }
        case .table:
            let rows = [["series", "version", "flavour", "release", "origin", "cached"]]
                + encoded.map { [$0.series, $0.kernel, $0.flavour, $0.release, $0.origin, $0.cached ? "yes" : "no"] }
            StandardOutput.write(TextColumns.render(rows) + "\n")
        }
    }

    private func choose() async throws -> ([CatalogueKernel], KernelCatalogue) {
        let catalogue = KernelCatalogue(settings: try kernels.settings(cache: .standard()))
        let selectors = try kernel.isEmpty ? [.all(.standard)] : kernel.map { try KernelSelector(parsing: $0) }
        let listing = try await catalogue.listing(for: selectors) { event in if !event.isDetail { StandardError.line(event.description) } }
        for warning in listing.warnings { StandardError.line("warning: \(warning)") }
        if let lateness = listing.lateness { StandardError.line("note: \(lateness)") }
        if allVersions && kernel.isEmpty { return (listing.kernels, catalogue) }
        var seen: Set<CatalogueKernel> = []
        let chosen = try selectors.flatMap { try listing.resolve($0, everyVersion: allVersions) }.filter { seen.insert($0).inserted }
        return (chosen.sorted { $0.identity < $1.identity }, catalogue)
    }
}

private struct EncodedKernel: Encodable {
    let kernel: String
    let series: String
    let flavour: String
    let release: String
    let origin: String
    let cached: Bool

    init(_ kernel: CatalogueKernel, isCached: Bool) {
        self.kernel = kernel.identity.version.description
        series = kernel.identity.series.description
        flavour = kernel.identity.flavour.name
        release = kernel.identity.release
        origin = kernel.identity.origin
        cached = isCached
    }
}
