import DiskImages
import KernelCatalogue
import MatrixModel

/// A kernel, or several, that a block of the matrix asks for.
enum KernelQuestion {
    case selector(KernelSelector)
    /// The kernel that a distribution installs.
    case ownOfDistribution(Distribution)
    /// The kernel in a disk image.
    case ownOfImage(ImageGuest)

    /// The selector in the record of a kernel that is not available.
    var selector: KernelSelector {
        switch self {
        case .selector(let selector): selector
        case .ownOfDistribution(let distribution): .all(KernelPackaging(flavour: distribution.kernel.flavour))
        case .ownOfImage(let image): .image(path: image.source.name)
        }
    }
}

/// The kernels on offer for an architecture. The first question reads the repositories' indices for all blocks at once.
struct KernelOffers {
    private let architecture: Architecture
    private let blocks: [MatrixAxes]
    private let catalogue: KernelCatalogue
    private let given: ExplicitKernels
    private let events: @Sendable (PlanningEvent) -> Void
    private var listing: KernelListing?
    /// Notes about images that are built because the published ones could not be fetched.
    private var substitutions: [String] = []

    /// - Parameter blocks: Of the whole matrix.
    /// - Throws: `CatalogueError` for an architecture without repositories.
    init(
        of architecture: Architecture, for blocks: [MatrixAxes], _ catalogue: KernelCatalogue, _ given: ExplicitKernels,
        events: @escaping @Sendable (PlanningEvent) -> Void
    ) throws {
        self.architecture = architecture
        self.blocks = blocks.filter { $0.architecture == architecture }
        self.catalogue = try catalogue.of(architecture)
        self.given = given.of(architecture)
        self.events = events
    }

    var warnings: [String] { listing?.warnings ?? [] }
    var notes: [String] { substitutions + (listing?.lateness.map { [$0] } ?? []) }
    var details: [String] { listing?.details ?? [] }

    /// The kernels that answer a question, or why there are none.
    /// - Throws: Errors that make the whole plan impossible, and `CancellationError`.
    mutating func kernels(_ question: KernelQuestion) async throws -> Result<[PlannedKernel], PreparationFailure> {
        switch question {
        case .ownOfImage(let image): return try await given.kernel(of: image).map { [$0] }
        case .selector(.image(let path)): return try await given.kernel(path).map { [$0] }
        case .selector(let selector): return try await offered { listing throws(CatalogueError) in try listing.resolve(selector) }
        case .ownOfDistribution(let distribution):
            return try await offered { listing throws(CatalogueError) in [try distribution.kernel(in: listing)] }
        }
    }

    /// The guest; or the same distribution built from its packages, if its published image cannot be fetched.
    mutating func orBuiltFromPackages(_ guest: GuestChoice) async throws -> GuestChoice {
        guard let distribution = guest.builtInstead, let image = guest.image, case .failure(let failure) = try await given.kernel(of: image),
            failure.cause == .fetchFailed
        else { return guest }
        let substitution = distribution.substitution(because: failure.reason)
        if !substitutions.contains(substitution) { substitutions.append(substitution) }
        return .distribution(distribution)
    }

    private mutating func offered(
        _ choose: (KernelListing) throws(CatalogueError) -> [CatalogueKernel]
    ) async throws -> Result<[PlannedKernel], PreparationFailure> {
        let listing = try await read()
        do throws(CatalogueError) {
            return .success(
                try choose(listing).map { PlannedKernel(identity: $0.identity, source: .package($0), architecture: architecture) })
        } catch {
            // An unread suite may still offer it.
            return .failure(PreparationFailure(cause: listing.isComplete ? .notOffered : .fetchFailed, reason: "\(error)"))
        }
    }

    private mutating func read() async throws -> KernelListing {
        if let listing { return listing }
        let own = blocks.filter(\.kernels.isEmpty).flatMap { $0.guests.compactMap { $0.distribution ?? $0.builtInstead } }
        let read = try await catalogue.listing(for: blocks.flatMap(\.kernels), of: own) { [events] event in
            events(event.isDetail ? .detail(event.description) : .preparing(event.description))
        }
        for warning in read.warnings { events(.warning(warning)) }
        for detail in read.details { events(.detail(detail)) }
        listing = read
        return read
    }
}

extension Distribution {
    /// Says that an image built from packages takes the place of the published one.
    package func substitution(because reason: String) -> String {
        "\(name) is built from its packages, because its published image could not be fetched: \(reason)"
    }
}
