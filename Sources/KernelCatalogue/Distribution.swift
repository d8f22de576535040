public import MatrixModel

/// A distribution's release as `images/catalogue.yml` describes it.
public struct Distribution: Hashable, Sendable {
    /// `debian-12`: the name in a cell's id.
    public let name: String
    public let title: String
    public let architecture: Architecture
    public let repository: DistributionRepository
    public let kernel: Kernel
    /// The version it was released with; nil where that is not known.
    public let systemd: String?
    public let cloudInit: String?
    /// The cgroup layout that it boots with by default; nil where that is not known.
    public let cgroup: CgroupLayout?
    /// The claims of upstream about the distribution, each with its source; empty if no source names it.
    public let claims: [DistributionClaim]
    /// Packages in addition to a minimal system, for an image that is built; empty if no image is built from packages. A published, signed image
    /// takes precedence, and one is built only if that cannot be fetched.
    public let packages: [String]
    /// The image it publishes, or why there is none.
    public let image: ImageOffer

    /// Which kernels of a repository belong to the distribution.
    public struct Kernel: Hashable, Sendable {
        /// The flavour that it boots with its own loader, and that a selector without a flavour selects.
        public let flavour: KernelFlavour
        /// The series of all its kernels; nil if it moves to newer series.
        public let series: KernelSeries?
        /// The series to search for here when Debian has none; empty for Debian's own releases.
        let offers: [KernelRange]
        /// For packages whose names do not follow from the kernel's release: by flavour, the packages that contain a kernel, the image's first.
        /// A distribution with several streams of one flavour has several such lists.
        let packages: [String: [[String]]]
        /// The form of `uname -r`, for kernels in rpm packages that do not state it.
        let uname: UnameForm

        enum UnameForm: String, CaseIterable, Hashable, Sendable {
            /// 5.14.0-427.el9 and the architecture
            case fedora
            /// 5.15.153.1-2.cm2
            case plain
            /// 5.14.21-150500.55.7-default, whose package is 5.14.21-150500.55.7.1
            case suse

            func release(version: String, release: String, flavour: String, architecture: Architecture = .host) -> String {
                switch self {
                case .fedora: "\(version)-\(release).\(architecture.machine)"
                case .plain: "\(version)-\(release)"
                // The last number counts rebuilds of the package.
                case .suse: "\(version)-\(release.split(separator: ".").dropLast().joined(separator: "."))-\(flavour)"
                }
            }
        }

        /// Whether a search for the selector may succeed here.
        func mayOffer(_ selector: KernelSelector) -> Bool {
            switch selector {
            case .series(let series, _): offers.contains { $0.contains(series.firstVersion) }
            case .exact(let version, _): offers.contains { $0.contains(version) }
            case .range, .all: !offers.isEmpty
            case .image: false
            }
        }
    }

    /// The suites of Debian's own archive from which its image is built; empty for other distributions.
    public var debianSuites: [DebianSuite] { if case .debian(let suites, _) = repository { suites } else { [] } }

    /// The suites from which its image is built, the release itself first; empty if its packages are not apt's.
    public var packageSuites: [String] {
        switch repository {
        case .debian: debianSuites.map(\.name)
        case .apt(_, let suites, _): suites
        case .rpm, .image: []
        }
    }

    /// Whether a kernel was published by this distribution.
    func published(_ kernel: KernelIdentity) -> Bool {
        guard case .debian(let suites, let further) = repository else { return kernel.origin.hasPrefix(name + "/") }
        return (suites.map(\.name) + further).contains { kernel.origin == "debian/\($0)" }
    }

    /// The distribution's own kernel: the newest of its flavour and suites that can boot a guest.
    /// - Throws: `CatalogueError` with `notOffered`.
    public func kernel(in listing: KernelListing) throws(CatalogueError) -> CatalogueKernel {
        let own = listing.kernels.last {
            published($0.identity) && $0.identity.flavour == kernel.flavour && (kernel.series == nil || $0.identity.series == kernel.series) && !$0.lacksModules
        }
        guard let own else {
            throw CatalogueError(
                .notOffered, subject: "\(name)'s own kernel \(kernel.series.map { "\($0)/" } ?? "")\(kernel.flavour)", detail: listing.absence(of: self))
        }
        return own
    }
}
