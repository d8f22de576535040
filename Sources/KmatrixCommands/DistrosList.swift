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
        abstract: "List the distributions, with what they were released with and whether their image is built.",
        discussion: """
            Reads nothing from the network.

            EXAMPLES
              kmatrix distros list
              kmatrix distros list 'debian-1*' --format json
            """)

    @Argument(help: ArgumentHelp("Which distributions: a name, a pattern such as 'debian-*', or all.", valueName: "name"))
    var distros: [String] = ["all"]

    @Option(help: "How to print: table, json, or jsonl.")
    var format: OutputFormat = .table

    func run() async throws {
        let catalogue = try DistributionCatalogue.built()
        let images = DistributionImages(packages: KernelCatalogue(settings: CatalogueSettings(cache: .standard())), cache: .standard(), events: { _ in })
        var chosen: [Distribution] = []
        for text in distros { chosen += try catalogue.select(text).filter { !chosen.contains($0) } }
        let encoded = chosen.map { EncodedDistribution($0, image: images.existing($0)) }
        switch format {
        case .json: try StandardOutput.writeJSON(["distributions": encoded])
        case .jsonl: for distribution in encoded { try StandardOutput.writeJSON(distribution, isCompact: true) }
        case .table:
            let rows = [["name", "title", "kernel", "systemd", "cloud-init", "upstream says", "image"]]
                + encoded.map { [$0.name, $0.title, $0.kernel, $0.systemd ?? "-", $0.cloudInit ?? "-", $0.claims.map { "\($0.says): \($0.source)" }.joined(separator: "; "), $0.imageBytes.map { "\($0 / 1_000_000) MB" } ?? $0.imageOrigin.words] }
            StandardOutput.write(TextColumns.render(rows) + "\n")
        }
    }
}

private struct EncodedDistribution: Encodable {
    let name: String
    let title: String
    let kernel: String
    let systemd: String?
    let cloudInit: String?
    let claims: [EncodedClaim]
    let imageOrigin: ImageOrigin
    /// What the built image takes on the disk; nil when it is not built.
    let imageBytes: Int?

    init(_ distribution: Distribution, image: DistributionImages.Built?) {
        name = distribution.name
        title = distribution.title
        kernel = "\(distribution.kernel.series.map(\.description) ?? "newest")/\(distribution.kernel.flavour)"
        systemd = distribution.systemd
        cloudInit = distribution.cloudInit
        claims = distribution.claims.map { EncodedClaim($0) }
        imageOrigin = distribution.image.published != nil ? .published : distribution.packages.isEmpty ? .none : .packages
        imageBytes = image?.bytes
    }
}

private struct EncodedClaim: Encodable {
    let says: String
    let source: String
    let title: String
    let date: CalendarDay
    let address: String?

    init(_ claim: DistributionClaim) {
        says = claim.support.rawValue
        source = claim.source.name
        title = claim.source.title
        date = claim.source.date
        address = claim.source.address
    }
}

/// Where a distribution's guests would come from.
private enum ImageOrigin: String, Encodable {
    /// Built here.
    case packages
    /// Its makers'; fetched, or found in the cache, when it is wanted.
    case published
    /// Only its kernels are known.
    case none

    var words: String {
        switch self {
        case .packages: "not built"
        case .published: "published"
        case .none: "-"
        }
    }
}
