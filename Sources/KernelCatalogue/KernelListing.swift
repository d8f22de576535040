public import MatrixModel

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
        // The same package in two suites is one kernel, and belongs to the first suite.
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

    /// The kernels that a selector matches, oldest first. A selector that names distributions selects from these. Otherwise it selects from
    /// Debian, and if Debian has none, from every distribution that was searched.
    /// - Parameter everyVersion: All matching versions, instead of the newest of each series.
    /// - Throws: `CatalogueError` with `notOffered`, which says where it searched and what comes closest.
    public func resolve(_ selector: KernelSelector, everyVersion: Bool = false) throws(CatalogueError) -> [CatalogueKernel] {
        let chosen = choose(selector, everyVersion: everyVersion)
        if chosen.isEmpty { throw CatalogueError(.notOffered, subject: selector.description, detail: explanation(selector)) }
        return chosen
    }

    /// Whether the listing has a kernel for the selector, so that no other repository needs to be searched.
    func satisfies(_ selector: KernelSelector) -> Bool { !choose(selector).isEmpty }

    private func choose(_ selector: KernelSelector, everyVersion: Bool = false) -> [CatalogueKernel] {
        guard let packaging = selector.packaging else { return [] }
        let matching = Dictionary(grouping: candidates(packaging).filter { selector.matches($0.identity) }, by: \.vendor)
        let chosen = everyVersion ? matching : matching.mapValues { newest($0, selector) }
        if packaging.distribution == nil, let debian = chosen["debian"] { return debian }
        return chosen.values.joined().sorted { $0.identity < $1.identity }
    }

    private func newest(_ matching: [CatalogueKernel], _ selector: KernelSelector) -> [CatalogueKernel] {
        // The selected version may have several revisions, and several suites may have rebuilt one.
        if case .exact = selector { Array(matching.suffix(1)) } else { newestOfEachSeries(matching) }
    }

    /// The kernels of the selected flavour and distribution, oldest first.
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

    func newestOfEachSeries(_ kernels: [CatalogueKernel]) -> [CatalogueKernel] {
        let newest = Dictionary(kernels.map { ($0.identity.series, $0) }) { _, newer in newer }
        return newest.values.sorted { $0.identity < $1.identity }
    }
}

extension KernelSelector {
    fileprivate func matches(_ kernel: KernelIdentity) -> Bool {
        switch self {
        case .series(let series, _): kernel.series == series
        case .range(let range, _): range.contains(kernel.version)
        case .all: true
        case .exact(let version, _): version.matches(kernel.version)
        case .image: false
        }
    }
}
