import ArgumentParser
import ArtefactCache
import KernelCatalogue
import MatrixModel
import MatrixReport
import MatrixRunner

/// `kmatrix distros list`: what is known, and which images are there.
struct DistrosList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List distributions: kernel, keys, claims and image",
        discussion: """
            Does not use the network.

            EXAMPLES
              kmatrix distros list
              kmatrix distros list 'debian-1*' --format json
              kmatrix distros list --arch all
            """)

    @Argument(help: ArgumentHelp("Name, pattern such as 'debian-*', or all", valueName: "name"))
    var distros: [String] = ["all"]

    @OptionGroup var architecture: ArchitectureOptions

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    @OptionGroup(title: "Keys") var kernels: KernelOptions

    func run() async throws {
        var settings = try kernels.settings(cache: .standard())
        settings.distributions = try .built()
        let images = DistributionImages(packages: KernelCatalogue(settings: settings), cache: .standard(), events: { _ in })
        let chosen = try DistributionOptions.choose(distros, of: architecture, from: settings.distributions).flatMap(\.1)
        let keys = try await EncodedKey.all(settings)
        let encoded = chosen.map { EncodedDistribution($0, keys: keys, image: images.existing($0)) }
        switch format {
        case .json: try StandardOutput.writeJSON(["distributions": encoded])
        case .jsonl: for distribution in encoded { try StandardOutput.writeJSON(distribution, isCompact: true) }
        case .table:
            let rows =
                [["name", "architecture", "title", "kernel", "keys", "upstream says", "image"]]
                + encoded.map { [$0.name, $0.architecture.rawValue, $0.title, $0.kernel, $0.keyWords, $0.claimWords, $0.imageWords] }
            StandardOutput.write(TextColumns.render(rows) + "\n")
            let sources = settings.distributions.sources.map { "\($0.name): \($0.title) (\($0.date))" }
            StandardOutput.write("\nSources: \(sources.joined(separator: "; ")).\n")
            let without = encoded.filter { $0.imageOrigin == .none }
            let reasons = without.compactMap(\.imageReason).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            for reason in reasons {
                let names = without.filter { $0.imageReason == reason }.map(\.name)
                StandardOutput.write("No image of \(Set(names).sorted().joined(separator: ", ")): \(reason).\n")
            }
        }
    }
}
