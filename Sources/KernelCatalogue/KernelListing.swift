public import MatrixModel

/// What became of a suite, or another part of a repository, that was looked at.
public struct SearchedSuite: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case read(kernels: Int)
        /// The archive has no such suite.
        case absent
        case failed(CatalogueError)
    }

    /// `bookworm`, or a vendor's distribution and its part: `rocky-9/BaseOS`.
    public let name: String
    public let address: String
    public let outcome: Outcome
    /// The days that its index is past its date, where that is accepted; nil when it is not.
    public let daysLate: Int?
    /// What is strange about it although it was read.
    public let notes: [String]

    init(name: String, address: String, outcome: Outcome, daysLate: Int? = nil, notes: [String] = []) {
        self.name = name
        self.address = address
        self.outcome = outcome
        self.daysLate = daysLate
        self.notes = notes
    }
}

/// The kernels on offer, and where they were looked for.
public struct KernelListing: Sendable {
    /// Oldest first.
    public let kernels: [CatalogueKernel]
    public let searched: [SearchedSuite]
    let distributions: DistributionCatalogue
    let architecture: Architecture

    init(kernels: [CatalogueKernel], searched: [SearchedSuite], distributions: DistributionCatalogue, architecture: Architecture = .host) {
        self.architecture = architecture
        var seen: Set<KernelRelease> = []
        // The same package in two suites is one kernel; the suite that comes first keeps it.
        self.kernels = kernels.filter { seen.insert(KernelRelease($0)).inserted }.sorted { $0.identity < $1.identity }
        self.searched = searched
        self.distributions = distributions
    }

    private struct KernelRelease: Hashable {
        let vendor: String
        let release: String
        let version: KernelVersion

        init(_ kernel: CatalogueKernel) {
            vendor = kernel.vendor
            release = kernel.identity.release
            version = kernel.identity.version
        }
    }

    func adding(_ other: [(SearchedSuite, [CatalogueKernel])]) -> KernelListing {
        KernelListing(kernels: kernels + other.flatMap(\.1), searched: searched + other.map(\.0), distributions: distributions, architecture: architecture)
    }

    /// Whether every suite that exists was read.
    public var isComplete: Bool { !searched.contains { if case .failed = $0.outcome { true } else { false } } }

    /// The kernels a selector stands for, oldest first: of the distributions it names; without a name Debian's, and where Debian has
    /// none, those of everybody who was asked, each with its own.
    /// - Parameter everyVersion: Every one that satisfies it, in place of the newest of each series.
    /// - Throws: `CatalogueError` with `notOffered`, which says where was looked and what comes nearest.
    public func resolve(_ selector: KernelSelector, everyVersion: Bool = false) throws(CatalogueError) -> [CatalogueKernel] {
        let chosen = choose(selector, everyVersion: everyVersion)
        if chosen.isEmpty { throw CatalogueError(.notOffered, subject: selector.description, detail: explanation(selector)) }
        return chosen
    }

    /// Whether nobody else need be asked.
    func satisfies(_ selector: KernelSelector) -> Bool { !choose(selector).isEmpty }

    private func choose(_ selector: KernelSelector, everyVersion: Bool = false) -> [CatalogueKernel] {
        guard let packaging = selector.packaging else { return [] }
        let byVendor = Dictionary(grouping: candidates(packaging), by: \.vendor)
        func chosen(_ kernels: [CatalogueKernel]) -> [CatalogueKernel] {
            everyVersion ? kernels.filter { Self.satisfies($0.identity, selector) } : choose(selector, among: kernels)
        }
        if packaging.distribution == nil, let debian = byVendor["debian"].map(chosen), !debian.isEmpty { return debian }
        return byVendor.flatMap { chosen($0.value) }.sorted { $0.identity < $1.identity }
    }

    private static func satisfies(_ kernel: KernelIdentity, _ selector: KernelSelector) -> Bool {
        switch selector {
        case .series(let series, _): kernel.series == series
        case .range(let range, _): range.contains(kernel.version)
        case .all: true
        case .exact(let version, _): version.matches(kernel.version)
        case .image: false
        }
    }

    /// The kernels of the flavour and the distribution that were asked for, oldest first.
    func candidates(_ packaging: KernelPackaging) -> [CatalogueKernel] {
        let named = packaging.distribution.map { (try? distributions.select($0)) ?? [] }
        return kernels.filter { kernel in
            kernel.identity.flavour == packaging.flavour ?? standardFlavour(of: kernel.vendor)
                && (named?.contains { $0.published(kernel.identity) } ?? true)
        }
    }

    private func standardFlavour(of vendor: String) -> KernelFlavour {
        distributions.distributions.first { $0.name == vendor }?.kernel.flavour ?? .cloud(on: architecture)
    }

    private func choose(_ selector: KernelSelector, among kernels: [CatalogueKernel]) -> [CatalogueKernel] {
        switch selector {
        case .series(let series, _): newestOfEachSeries(kernels) { $0.series == series }
        case .range(let range, _): newestOfEachSeries(kernels) { range.contains($0.version) }
        case .all: newestOfEachSeries(kernels) { _ in true }
        // The newest of those that are what was asked for: several revisions may be, and several suites may have rebuilt one.
        case .exact(let version, _): kernels.last { version.matches($0.identity.version) }.map { [$0] } ?? []
        case .image: []
        }
    }

    func newestOfEachSeries(_ kernels: [CatalogueKernel], where isWanted: (KernelIdentity) -> Bool) -> [CatalogueKernel] {
        var newest: [KernelSeries: CatalogueKernel] = [:]
        for kernel in kernels where isWanted(kernel.identity) { newest[kernel.identity.series] = kernel }
        return newest.values.sorted { $0.identity < $1.identity }
    }
}
