import ArtefactCache
import Foundation
import HostTools
public import MatrixModel
import SystemPackage

/// Finds kernels on offer and fetches their files, verified from a repository's signature down to each package.
public struct KernelCatalogue: Sendable {
    public let settings: CatalogueSettings
    private var transfer: Transfer { Transfer(settings: settings) }
    private let keyListing = KeyListing()

    public init(settings: CatalogueSettings) { self.settings = settings }

    /// The same for another architecture.
    /// - Throws: `YAMLError` if the catalogue of distributions is invalid for it.
    public func of(_ architecture: Architecture) throws -> KernelCatalogue {
        guard architecture != settings.architecture else { return self }
        var settings = settings
        settings.architecture = architecture
        settings.distributions = try settings.distributions.of(architecture)
        return KernelCatalogue(settings: settings)
    }

    /// Searches for the kernels of selectors: in Debian's suites, and in other distributions that are named, or that may offer what Debian does
    /// not have. A suite that cannot be read becomes a warning in the listing. It is an error only if none of Debian's can be read.
    /// - Parameter distributions: Distributions whose own kernels are needed too.
    /// - Throws: `CatalogueError` (`noMirror`, `badConfiguration`, or the first suite's error when no suite can be read), `SelectorError` for a
    ///   distribution that is not in the catalogue, `CancellationError`.
    public func listing(
        for selectors: [KernelSelector] = [.all(.standard)], of distributions: [Distribution] = [],
        progress: @escaping @Sendable (CatalogueEvent) -> Void = { _ in }
    ) async throws -> KernelListing {
        let known = settings.distributions
        var named = distributions
        for pattern in selectors.compactMap({ $0.packaging?.distribution }) { named += try known.select(pattern) }
        var listing = KernelListing(kernels: [], searched: [], distributions: known, architecture: settings.architecture)
        let open = selectors.filter { $0.packaging.map { $0.distribution == nil } ?? false }
        if !open.isEmpty || named.contains(where: { !$0.debianSuites.isEmpty }) { listing = listing.adding(try await searchDebian(progress)) }
        let unmet = open.filter { !listing.satisfies($0) }
        let asked = known.distributions.filter { distribution in
            distribution.debianSuites.isEmpty && (named.contains(distribution) || unmet.contains(where: distribution.kernel.mayOffer))
        }
        if !asked.isEmpty { progress(.asking(distributions: asked.map(\.name))) }
        let store = KeyStore(settings: settings)
        let missing = asked.compactMap(\.repository.vendor).flatMap { vendor in vendor.keys.map { (vendor.title, $0) } }.filter {
            store.origin(ofCached: $0.1) == nil
        }
        let found = try await inTurn(asked) { distribution -> [(SearchedSuite, [CatalogueKernel])] in
            if let vendor = distribution.repository.vendor, let subscription = vendor.subscription, try !Mirrors.isNamed(vendor, settings) {
                let error = CatalogueError(.subscription, subject: vendor.title, detail: subscription)
                return [(SearchedSuite(name: "\(distribution.name)/packages", address: vendor.addresses.first ?? "", outcome: .failed(error)), [])]
            }
            return try await repository(of: distribution).search(progress)
        }
        let fetched = KeyOrigin.fetched(missing, store)
        if !fetched.isEmpty { progress(.fetchedKeys(fetched)) }
        return listing.adding(found.flatMap { $0 })
    }

    private func searchDebian(_ progress: @escaping @Sendable (CatalogueEvent) -> Void) async throws -> [(SearchedSuite, [CatalogueKernel])] {
        let debian = try debian()
        progress(.readingIndices(suites: debian.suites.count))
        let results = try await debian.search(progress)
        let failures = results.compactMap { if case .failed(let error) = $0.0.outcome { error } else { nil } }
        // A full disk is this machine's failure. A suite that was not read because of it must not look like a suite without kernels.
        if let full = failures.first(where: { $0.code == .noSpace }) { throw full }
        let wasRead = results.contains { if case .read = $0.0.outcome { true } else { false } }
        if !wasRead {
            throw failures.first
                ?? CatalogueError(
                    .nothingThere, subject: debian.suites.first?.archives.first ?? "",
                    detail: "'dists' with \(debian.suites.map(\.name).joined(separator: ", "))")
        }
        return results
    }

    // MARK: - Repositories

    /// - Parameter newestFirst: Only the main suites of the releases, in the order in which other packages are searched.
    func debian(newestFirst: Bool = false, further: Set<String> = []) throws -> AptRepository {
        let mirrors = try Mirrors(settings)
        let suites = newestFirst ? settings.suites.filter { $0.archive == .main && !$0.name.contains("-") }.reversed() : settings.suites
        let keyPackages = settings.distributions.keys.compactMap { key in if case .package(let name, _) = key.source { name } else { nil } }
        return AptRepository(
            vendor: "debian", suites: suites.map { AptRepository.Suite(name: $0.name, archives: [mirrors.address(of: $0.archive)]) }, shape: .debian,
            signature: debianSignature, transfer: transfer, further: further.union(keyPackages))
    }

    @Sendable private func debianSignature() throws -> SignatureVerifier {
        let present = settings.keyrings.filter { FileManager.default.isReadableFile(atPath: $0.string) }
        guard !present.isEmpty else {
            throw CatalogueError(.toolMissing, subject: settings.keyrings.first?.string ?? "keyring", detail: "debian-archive-keyring")
        }
        return SignatureVerifier(keyrings: present, listing: keyListing)
    }

    private func repository(of distribution: Distribution) throws -> any KernelRepository {
        let listing = keyListing
        switch distribution.repository {
        case .debian: return try debian()
        case .apt(let vendor, let suites, let shape):
            return AptRepository(
                vendor: distribution.name, suites: try suites.map { AptRepository.Suite(name: $0, archives: try Mirrors.addresses(of: vendor, settings)) },
                shape: shape, signature: { [settings] in try await VendorKeyring(for: vendor, forPackages: false, settings, listing: listing).verifier },
                transfer: transfer)
        // It has no packages: its kernel is in its disk image.
        case .image: return AptRepository(vendor: distribution.name, suites: [], shape: .general, signature: debianSignature, transfer: transfer)
        case .rpm(let vendor, let folders, let signed):
            return RpmRepository(
                vendor: distribution.name, folders: folders, addresses: try Mirrors.addresses(of: vendor, settings),
                mirrored: try Mirrors.isNamed(vendor, settings) ? vendor.addresses : [],
                packages: distribution.kernel.packages,
                uname: distribution.kernel.uname, signed: signed,
                keyring: { [settings] in try await VendorKeyring(for: vendor, forPackages: signed == .packages, settings, listing: listing) },
                transfer: transfer)
        }
    }

    private func repository(of kernel: CatalogueKernel) throws -> any KernelRepository {
        guard let distribution = settings.distributions.distributions.first(where: { $0.name == kernel.vendor }) else { return try debian() }
        return try repository(of: distribution)
    }

    // MARK: - Files

    /// Whether a kernel's files are in the cache.
    public func isCached(_ kernel: CatalogueKernel) -> Bool { settings.cache.existing(kind: Self.kind, key: kernel.cacheKey) != nil }

    /// Fetches a kernel's packages, checks each against the signed index, and unpacks them into the cache; once for all callers.
    /// - Throws: `CatalogueError`, `CacheError`, `CancellationError`.
    public func fetch(_ kernel: CatalogueKernel, progress: @escaping @Sendable (CatalogueEvent) -> Void = { _ in }) async throws -> KernelFiles {
        func filled(renews: Bool) async throws -> FilePath {
            try await settings.cache.entry(kind: Self.kind, key: kernel.cacheKey, renews: renews) { folder in
                let repository = try repository(of: kernel)
                for package in kernel.packages {
                    progress(.fetchingPackage(name: package.name, bytes: package.size))
                    let file = folder.appending(".package")
                    try await transfer.fetch(package.address, to: file, size: package.size, checksum: package.checksum)
                    progress(.unpacking(release: kernel.identity.release))
                    try await repository.unpack(package, file, into: folder)
                    try FileManager.default.removeItem(atPath: file.string)
                }
                _ = try KernelFiles(of: kernel, in: folder)
            }
        }
        let folder = try await filled(renews: false)
        if let files = try? KernelFiles(of: kernel, in: folder) { return files }
        // The entry was filled by an older kmatrix, in another layout.
        return try KernelFiles(of: kernel, in: try await filled(renews: true))
    }

    /// The apt sources of a distribution, after checking each suite's signature and date.
    /// - Throws: `CatalogueError` when a suite cannot be read, the network may not be used, or images are not built from its packages;
    ///   `CancellationError`.
    public func packageSources(of distribution: Distribution) async throws -> PackageSources {
        guard !settings.offline else { throw CatalogueError(.offline, subject: "the image of \(distribution.name)") }
        let suites: [AptRepository.Suite]
        let components: String
        let signature: SignatureVerifier
        let keyring: FilePath
        switch distribution.repository {
        case .debian:
            let mirrors = try Mirrors(settings)
            suites = distribution.debianSuites.map { AptRepository.Suite(name: $0.name, archives: [mirrors.address(of: $0.archive)]) }
            (components, signature, keyring) = ("main", try debianSignature(), settings.keyrings[0])
        case .apt(let vendor, let names, let shape):
            let archives = try Mirrors.addresses(of: vendor, settings)
            suites = names.map { AptRepository.Suite(name: $0, archives: archives) }
            let own = try await VendorKeyring(for: vendor, forPackages: false, settings, listing: keyListing)
            // Some programs of Debian's main are in Ubuntu's component universe.
            (components, signature, keyring) = (shape == .ubuntu ? "main universe" : "main", own.verifier, own.file)
        case .rpm, .image: throw CatalogueError(imageOf: distribution)
        }
        var lines: [String] = []
        var warnings: [String] = []
        for suite in suites {
            guard let (archive, release) = try await release(of: suite, signature) else {
                // An updates suite may be missing, but the release itself must exist.
                if lines.isEmpty { throw CatalogueError(.notFound, subject: "\(suite.archives.first ?? "")/dists/\(suite.name)/InRelease") }
                continue
            }
            if let days = try release.checkFreshness("\(archive)/dists/\(suite.name)/InRelease", settings: settings) {
                warnings.append("\(suite.name) is \(days) days past the end of validity; newer packages may exist")
            }
            lines.append("deb \(archive) \(suite.name) \(components)")
        }
        return PackageSources(lines: lines, keyring: keyring, warnings: warnings)
    }

    /// The first archive that has a suite, with the suite's release file; nil if none has it.
    private func release(of suite: AptRepository.Suite, _ signature: SignatureVerifier) async throws -> (String, ReleaseFile)? {
        var failure: CatalogueError?
        for archive in suite.archives {
            do {
                let release = try await ReleaseFile.load(
                    "\(archive)/dists/\(suite.name)/InRelease", suite: suite.name, signature: signature, transfer: transfer)
                if let release { return (archive, release) }
            } catch let error as CatalogueError {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return nil
    }

    private static let kind = "kernel"
}
