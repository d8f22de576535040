public import MatrixModel

/// What became of a suite, or another part of a repository, that was looked at.
public struct SearchedSuite: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case read(kernels: Int)
        /// The archive has no such suite.
        case absent
        case failed(CatalogueError)
    }

    public let name: String
    public let address: String
    public let outcome: Outcome
    /// What is to be known of it although it was read.
    public let warning: String?
}

/// The kernels on offer, and where they were looked for.
public struct KernelListing: Sendable {
    /// Oldest first.
    public let kernels: [CatalogueKernel]
    public let searched: [SearchedSuite]
    private let distributions: DistributionCatalogue

    init(kernels: [CatalogueKernel], searched: [SearchedSuite], distributions: DistributionCatalogue) {
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
        KernelListing(kernels: kernels + other.flatMap(\.1), searched: searched + other.map(\.0), distributions: distributions)
    }

    /// Whether every suite that exists was read.
    public var isComplete: Bool { !searched.contains { if case .failed = $0.outcome { true } else { false } } }

    public var warnings: [String] {
        searched.compactMap { suite in
            if case .failed(let error) = suite.outcome { return "\(suite.name) was not read: \(error)" }
            return suite.warning
        }
    }

    /// The kernels a selector stands for, oldest first: of the distributions it names; without a name Debian's, and where Debian has
    /// none, those of everybody who was asked, each with its own.
    /// - Throws: `CatalogueError` with `notOffered`, which says where was looked and what comes nearest.
    public func resolve(_ selector: KernelSelector) throws(CatalogueError) -> [CatalogueKernel] {
        let chosen = choose(selector)
        if chosen.isEmpty { throw CatalogueError(.notOffered, subject: selector.description, detail: explanation(selector)) }
        return chosen
    }

    /// Whether nobody else need be asked.
    func satisfies(_ selector: KernelSelector) -> Bool { !choose(selector).isEmpty }

    private func choose(_ selector: KernelSelector) -> [CatalogueKernel] {
        guard let packaging = selector.packaging else { return [] }
        let byVendor = Dictionary(grouping: candidates(packaging), by: \.vendor)
        if packaging.distribution == nil, let debian = byVendor["debian"].map({ choose(selector, among: $0) }), !debian.isEmpty { return debian }
        return byVendor.flatMap { choose(selector, among: $0.value) }.sorted { $0.identity < $1.identity }
    }

    /// The kernels of the flavour and the distribution that were asked for, oldest first.
    private func candidates(_ packaging: KernelPackaging) -> [CatalogueKernel] {
        let named = packaging.distribution.map { (try? distributions.select($0)) ?? [] }
        return kernels.filter { kernel in
            kernel.identity.flavour == packaging.flavour ?? standardFlavour(of: kernel.vendor)
                && (named?.contains { $0.published(kernel.identity) } ?? true)
        }
    }

    private func standardFlavour(of vendor: String) -> KernelFlavour {
        distributions.distributions.first { $0.name == vendor }?.kernel.flavour ?? .cloud
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

    private func newestOfEachSeries(_ kernels: [CatalogueKernel], where isWanted: (KernelIdentity) -> Bool) -> [CatalogueKernel] {
        var newest: [KernelSeries: CatalogueKernel] = [:]
        for kernel in kernels where isWanted(kernel.identity) { newest[kernel.identity.series] = kernel }
        return newest.values.sorted { $0.identity < $1.identity }
    }

    private func explanation(_ selector: KernelSelector) -> String {
        let read = searched.filter { if case .read = $0.outcome { true } else { false } }.map(\.name)
        var text = "searched \(read.isEmpty ? "nothing" : read.joined(separator: ", "))"
        let failed = failures.map { "\($0.names.joined(separator: ", ")) (\($0.reason))" }
        if !failed.isEmpty { text += "; could not read \(failed.joined(separator: ", ")): --mirror NAME=URL names another place" }
        return text + "; \(nearest(selector)); other kernels can be given as the path of an image (--kernel-image FILE)"
    }

    /// What could not be read, those of one reason together.
    private var failures: [(names: [String], reason: String)] {
        var failures: [(names: [String], reason: String)] = []
        for suite in searched {
            guard case .failed(let error) = suite.outcome else { continue }
            if let known = failures.firstIndex(where: { $0.reason == error.reason }) {
                failures[known].names.append(suite.name)
            } else {
                failures.append(([suite.name], error.reason))
            }
        }
        return failures
    }

    /// The neighbours of what was asked for.
    private func nearest(_ selector: KernelSelector) -> String {
        guard let packaging = selector.packaging else { return "nothing is on offer" }
        let wanted: KernelSeries? =
            switch selector {
            case .series(let series, _): series
            case .exact(let version, _): version.series
            case .range, .all, .image: nil
            }
        let offered = newestOfEachSeries(candidates(packaging)) { _ in true }.map(\.identity)
        guard !offered.isEmpty else {
            let flavours = Set(kernels.map(\.identity.flavour)).sorted().map(\.name)
            guard !flavours.isEmpty else { return "nothing is on offer" }
            return "flavour \(packaging.flavour?.name ?? "of its own") is not on offer, these are: \(flavours.joined(separator: ", "))"
        }
        guard let wanted else { return "on offer: \(offered.map(\.series.description).joined(separator: ", "))" }
        let neighbours = [offered.last { $0.series <= wanted }, offered.first { $0.series > wanted }].compactMap { $0 }
        return "nearest on offer: \(neighbours.map { "\($0.series) (\($0.version))" }.joined(separator: " and "))"
    }
}
