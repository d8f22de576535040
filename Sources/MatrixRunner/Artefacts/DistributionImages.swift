import MatrixPlanning
public import ArtefactCache
import DiskImages
import GuestImages
public import KernelCatalogue
public import SystemPackage

/// Finds and builds the root file systems of distributions.
public struct DistributionImages: Sendable {
    let packages: KernelCatalogue
    let builder: RootImageBuilder
    let events: @Sendable (RunnerEvent) -> Void

    public init(packages: KernelCatalogue, cache: ArtefactCache, events: @escaping @Sendable (RunnerEvent) -> Void) {
        self.packages = packages
        builder = RootImageBuilder(cache: cache)
        self.events = events
    }

    /// The sorts of artefact that the cache keeps of them.
    public static let kinds = RootImageBuilder.kinds.union(DiskImageStore.kinds).union([SeedDisc.kind])

    /// The image of a distribution when it is built already.
    public func existing(_ distribution: Distribution) -> Built? { builder.existing(RootImageRecipe(distribution)).map(Built.init) }

    /// The image of a distribution, built unless it is there already.
    /// - Parameter renews: Build it again from today's packages. A published image is looked up again in any case.
    /// - Throws: `CatalogueError`, `GuestImageError`, `DiskImageError`, `CacheError`, `CancellationError`.
    public func build(_ distribution: Distribution, renews: Bool) async throws -> Built {
        guard let guest = ImageGuest(distribution, boot: .direct) else { return Built(try await image(of: distribution, renews: renews)) }
        let disks = DiskImageStore(packages, cache: builder.cache)
        do {
            return Built(try await disks.open(guest.source, modules: GuestImageBuilder.earlyModules) { events(.preparing($0)) })
        } catch let error as DiskImageError where error.isOfTransfer && !distribution.packages.isEmpty {
            events(.warning(distribution.substitution(because: "\(error)")))
            return Built(try await image(of: distribution, renews: renews))
        }
    }

    func image(of distribution: Distribution, renews: Bool = false) async throws -> RootImage {
        if distribution.packages.isEmpty { throw CatalogueError(imageOf: distribution) }
        let recipe = RootImageRecipe(distribution)
        if renews || builder.existing(recipe) == nil { events(.preparing("building \(distribution.name), which takes about a minute")) }
        let failed: (GuestImageError) -> Void = { error in events(.warning("\(distribution.name): \(error); trying once more")) }
        return try await builder.image(recipe, renews: renews, failed: failed) {
            let sources = try await packages.packageSources(of: distribution)
            for warning in sources.warnings { events(.warning(warning)) }
            return (sources.lines, sources.keyring)
        }
    }

    /// An image that is there.
    public struct Built: Sendable {
        public let disk: FilePath
        /// The disk space that it uses, in bytes.
        public let bytes: Int

        init(_ image: RootImage) {
            disk = image.disk
            bytes = ArtefactCache.size(of: image.folder)
        }

        init(_ system: InstalledSystem) {
            disk = system.disk
            bytes = ArtefactCache.size(of: system.folder)
        }
    }

    func modules(release: String, _ modules: FilePath) async throws -> FilePath { try await builder.modules(release: release, modules) }
}

extension RootImageRecipe {
    init(_ distribution: Distribution) {
        let suites = distribution.packageSuites
        self.init(
            suite: suites.first ?? distribution.name, further: Array(suites.dropFirst()), packages: distribution.packages,
            architecture: distribution.architecture)
    }
}
