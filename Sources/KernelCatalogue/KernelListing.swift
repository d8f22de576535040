public import MatrixModel

/// What became of a suite that was looked at.
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

    init(kernels: [CatalogueKernel], searched: [SearchedSuite]) {
        var seen: Set<KernelRelease> = []
        // The same package in two suites is one kernel; the suite that comes first keeps it.
        self.kernels = kernels.filter { seen.insert(KernelRelease($0)).inserted }.sorted { $0.identity < $1.identity }
        self.searched = searched
    }

    private struct KernelRelease: Hashable {
        let release: String
        let version: KernelVersion

        init(_ kernel: CatalogueKernel) {
            release = kernel.identity.release
            version = kernel.identity.version
        }
    }

    /// Whether every suite that exists was read.
    public var isComplete: Bool { !searched.contains { if case .failed = $0.outcome { true } else { false } } }

    public var warnings: [String] {
        searched.compactMap { suite in
            if case .failed(let error) = suite.outcome { return "\(suite.name) was not read: \(error)" }
            return suite.warning
        }
    }

    /// The kernels a selector stands for, oldest first.
    /// - Throws: `CatalogueError` with `notOffered`, which says where was looked and what comes nearest.
    public func resolve(_ selector: KernelSelector) throws(CatalogueError) -> [CatalogueKernel] {
        let chosen: [CatalogueKernel]
        switch selector {
        case .series(let series, let flavour):
            chosen = newestOfEachSeries(flavour) { $0.series == series }
        case .range(let range, let flavour):
            chosen = newestOfEachSeries(flavour) { range.contains($0.version) }
        case .all(let flavour):
            chosen = newestOfEachSeries(flavour) { _ in true }
        case .exact(let version, let flavour):
            // The newest of those that are what was asked for: several revisions may be, and several suites may have rebuilt one.
            chosen = kernels.last { $0.identity.flavour == flavour && version.matches($0.identity.version) }.map { [$0] } ?? []
        case .image:
            chosen = []
        }
        if chosen.isEmpty { throw CatalogueError(.notOffered, subject: selector.description, detail: explanation(selector)) }
        return chosen
    }

    private func newestOfEachSeries(_ flavour: KernelFlavour, where isWanted: (KernelIdentity) -> Bool) -> [CatalogueKernel] {
        var newest: [KernelSeries: CatalogueKernel] = [:]
        for kernel in kernels where kernel.identity.flavour == flavour && isWanted(kernel.identity) { newest[kernel.identity.series] = kernel }
        return newest.values.sorted { $0.identity < $1.identity }
    }

    private func explanation(_ selector: KernelSelector) -> String {
        let read = searched.filter { if case .read = $0.outcome { true } else { false } }.map(\.name)
        let failed = searched.filter { if case .failed = $0.outcome { true } else { false } }.map(\.name)
        var text = "searched \(read.isEmpty ? "nothing" : read.joined(separator: ", "))"
        if !failed.isEmpty { text += "; could not read \(failed.joined(separator: ", "))" }
        return text + "; \(nearest(selector)); other kernels can be given as the path of an image"
    }

    /// The neighbours of what was asked for.
    private func nearest(_ selector: KernelSelector) -> String {
        let flavour: KernelFlavour
        let wanted: KernelSeries?
        switch selector {
        case .series(let series, let of): (wanted, flavour) = (series, of)
        case .exact(let version, let of): (wanted, flavour) = (version.series, of)
        case .range(_, let of), .all(let of): (wanted, flavour) = (nil, of)
        case .image: (wanted, flavour) = (nil, .cloud)
        }
        let offered = newestOfEachSeries(flavour) { _ in true }.map(\.identity)
        guard !offered.isEmpty else {
            let flavours = Set(kernels.map(\.identity.flavour)).sorted().map(\.name)
            return flavours.isEmpty ? "nothing is on offer" : "flavour \(flavour) is not on offer, these are: \(flavours.joined(separator: ", "))"
        }
        guard let wanted else { return "on offer: \(offered.map(\.series.description).joined(separator: ", "))" }
        let neighbours = [offered.last { $0.series <= wanted }, offered.first { $0.series > wanted }].compactMap { $0 }
        return "nearest on offer: \(neighbours.map { "\($0.series) (\($0.version))" }.joined(separator: " and "))"
    }
}
