import ArgumentParser
import ArtefactCache
import KernelCatalogue
import MatrixModel
import MatrixReport

/// `kmatrix kernels list`: what is on offer.
struct KernelsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the kernels on offer, oldest first.",
        discussion: """
            Without a selector: the newest of each series in Debian's cloud flavour. \
            The origin says whose repository each is from.

            EXAMPLES
              kmatrix kernels list
              kmatrix kernels list --kernel all@ubuntu-22.04
              kmatrix kernels list --kernel '>=6.1,<6.13/amd64' --all-versions
            """)

    @Option(help: ArgumentHelp("Which kernels, as for run. May be repeated.", valueName: "selector"))
    var kernel: [String] = []

    @Flag(help: "Every version that the selectors choose, in place of the newest of each series; without a selector, of every flavour.")
    var allVersions = false

    @OptionGroup(title: "Kernels") var kernels: KernelOptions

    @Option(help: "How to print: table, json, or jsonl.")
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
        let listing = try await catalogue.listing(for: selectors) { event in StandardError.line(event.description) }
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
