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
            """)

    @Argument(help: ArgumentHelp("Name, pattern such as 'debian-*', or all", valueName: "name"))
    var distros: [String] = ["all"]

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    @OptionGroup(title: "Keys") var kernels: KernelOptions

    func run() async throws {
        var settings = try kernels.settings(cache: .standard())
        settings.distributions = try .built()
        let images = DistributionImages(packages: KernelCatalogue(settings: settings), cache: .standard(), events: { _ in })
        var chosen: [Distribution] = []
        for text in distros { chosen += try settings.distributions.select(text).filter { !chosen.contains($0) } }
        let keys = try await EncodedKey.all(settings)
        let encoded = chosen.map { EncodedDistribution($0, keys: keys, image: images.existing($0)) }
        switch format {
        case .json: try StandardOutput.writeJSON(["distributions": encoded])
        case .jsonl: for distribution in encoded { try StandardOutput.writeJSON(distribution, isCompact: true) }
        case .table:
            let rows =
                [["name", "title", "kernel", "keys", "upstream says", "image"]]
                + encoded.map { [$0.name, $0.title, $0.kernel, $0.keyWords, $0.claimWords, $0.imageWords] }
            StandardOutput.write(TextColumns.render(rows) + "\n")
            let sources = settings.distributions.sources.map { "\($0.name): \($0.title) (\($0.date))" }
            StandardOutput.write("\nSources: \(sources.joined(separator: "; ")).\n")
            for (reason, names) in Self.reasons(encoded) { StandardOutput.write("No image of \(names.joined(separator: ", ")): \(reason).\n") }
        }
    }

    /// Why there is no image, those of one reason together.
    private static func reasons(_ distributions: [EncodedDistribution]) -> [(reason: String, names: [String])] {
        var reasons: [(reason: String, names: [String])] = []
        for distribution in distributions {
            guard let reason = distribution.imageReason, distribution.imageOrigin == .none else { continue }
            if let known = reasons.firstIndex(where: { $0.reason == reason }) {
                reasons[known].names.append(distribution.name)
            } else {
                reasons.append((reason, [distribution.name]))
            }
        }
        return reasons
    }
}

private struct EncodedDistribution: Encodable {
    let name: String
    let title: String
    let kernel: String
    let systemd: String?
    let cloudInit: String?
    /// Each key's name, and where it is; empty for Debian, whose keyring this machine has.
    let keys: [String: String]
    let keysPresent: Bool
    let claims: [EncodedClaim]
    let imageOrigin: ImageOrigin
    let imageAddress: String?
    let imageEntry: String?
    /// Why a published image is not used, or why there is none.
    let imageReason: String?
    /// What the built image takes on the disk; nil when it is not built.
    let imageBytes: Int?

    init(_ distribution: Distribution, keys known: [EncodedKey], image: DistributionImages.Built?) {
        name = distribution.name
        title = distribution.title
        kernel = "\(distribution.kernel.series.map(\.description) ?? "newest")/\(distribution.kernel.flavour)"
        systemd = distribution.systemd
        cloudInit = distribution.cloudInit
        let names = (distribution.repository.vendor?.keys ?? []).map(\.name)
        let own = known.filter { names.contains($0.key) }
        keys = Dictionary(own.map { ($0.key, $0.place) }) { first, _ in first }
        keysPresent = own.allSatisfy(\.present)
        claims = distribution.claims.map { EncodedClaim($0) }
        let published = distribution.image.published
        imageAddress = published?.address
        imageEntry = published?.entry.rawValue
        switch distribution.image {
        case .none(let reason): imageReason = reason
        case .published(let image):
            imageReason =
                image.signature == .unsigned ? "the published image is not signed; fetch it, check it by hand, and give it as a file: --distro ./FILE" : nil
        }
        imageOrigin = published != nil && published?.signature != .unsigned ? .published : !distribution.packages.isEmpty ? .packages : .none
        imageBytes = image?.bytes
    }

    var keyWords: String { keys.isEmpty ? "Debian's" : keysPresent ? "verified" : "missing" }
    /// `supported: readme, gate; planned: overview`
    var claimWords: String {
        DocumentedClaim.Support.allCases.compactMap { support in
            let sources = claims.filter { $0.says == support.rawValue }.map(\.source)
            return sources.isEmpty ? nil : "\(support.rawValue): \(sources.joined(separator: ", "))"
        }.joined(separator: "; ")
    }
    var imageWords: String { imageBytes.map { "\($0 / 1_000_000) MB" } ?? imageOrigin.words }
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
    /// None that can be used without a person.
    case none

    var words: String {
        switch self {
        case .packages: "built from packages"
        case .published: "published"
        case .none: "none, see below"
        }
    }
}
