import KernelCatalogue
import MatrixModel
import MatrixRunner

/// A distribution as `distros list` prints it. The member names are a contract; they stay.
struct EncodedDistribution: Encodable {
    struct Claim: Encodable {
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

    let name: String
    let architecture: Architecture
    let title: String
    let kernel: String
    let systemd: String?
    let cloudInit: String?
    /// Each key's name, and where it is; empty for Debian, whose keyring this machine has.
    let keys: [String: String]
    let keysPresent: Bool
    let claims: [Claim]
    let imageOrigin: ImageOrigin
    let imageAddress: String?
    let imageEntry: String?
    /// Why a published image is not used, or why there is none.
    let imageReason: String?
    /// What the built image takes on the disk; nil when it is not built.
    let imageBytes: Int?

    init(_ distribution: Distribution, keys known: [EncodedKey], image: DistributionImages.Built?) {
        name = distribution.name
        architecture = distribution.architecture
        title = distribution.title
        kernel = "\(distribution.kernel.series.map(\.description) ?? "newest")/\(distribution.kernel.flavour)"
        systemd = distribution.systemd
        cloudInit = distribution.cloudInit
        let names = (distribution.repository.vendor?.keys ?? []).map(\.name)
        let own = known.filter { names.contains($0.key) }
        keys = Dictionary(own.map { ($0.key, $0.place) }) { first, _ in first }
        keysPresent = own.allSatisfy(\.present)
        claims = distribution.claims.map { Claim($0) }
        imageOrigin = distribution.imageOrigin
        imageReason = distribution.unusableImage
        imageAddress = distribution.image.published?.address
        imageEntry = distribution.image.published?.entry.rawValue
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

extension ImageOrigin {
    fileprivate var words: String {
        switch self {
        case .packages: "built from packages"
        case .published: "published"
        case .none: "none, see below"
        }
    }
}
