public import MatrixModel

/// A distribution's release as `images/catalogue.yml` describes it.
public struct Distribution: Hashable, Sendable {
    /// What upstream says of it.
    public struct Claim: Hashable, Sendable {
        public enum Support: String, CaseIterable, Hashable, Sendable, Codable { case supported, unsupported, unstated }

        public let support: Support
        /// Where it says so.
        public let source: String
    }

    /// `debian-12`: the name in a cell's id.
    public let name: String
    public let title: String
    /// The suite its image is built from, and those that bring updates to it.
    public let suites: [DebianSuite]
    /// Suites whose kernels are also its own.
    let kernelSuites: [String]
    public let flavour: KernelFlavour
    /// The one it keeps to through its life; nil where it moves on.
    public let series: KernelSeries?
    public let systemd: String
    public let cloudInit: String
    public let claim: Claim
    /// What its image holds beyond a minimal system.
    public let packages: [String]

    private func isOwn(_ kernel: KernelIdentity) -> Bool { kernel.flavour == flavour && (series == nil || kernel.series == series) }

    /// The distribution's own kernel: the newest of its flavour and suites that can boot a guest.
    /// - Throws: `CatalogueError` with `notOffered`.
    public func kernel(in listing: KernelListing) throws(CatalogueError) -> CatalogueKernel {
        let origins = Set((suites.map(\.name) + kernelSuites).map { "debian/\($0)" })
        let own = listing.kernels.last { origins.contains($0.identity.origin) && isOwn($0.identity) && !$0.lacksModules }
        guard let own else {
            let failed = listing.warnings.joined(separator: "; ")
            throw CatalogueError(
                .notOffered, subject: "\(name)'s own kernel",
                detail: "searched \(origins.sorted().joined(separator: ", ")) for \(series.map { "\($0) " } ?? "")\(flavour)\(failed.isEmpty ? "" : "; \(failed)"); name another with --kernel")
        }
        return own
    }
}
