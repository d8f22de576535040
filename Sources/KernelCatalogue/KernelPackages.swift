import MatrixModel

/// Finds the kernels among a suite's packages.
public enum KernelPackages {
    /// How a vendor of Debian packages splits a kernel.
    public enum Shape: String, CaseIterable, Hashable, Sendable {
        /// Up to 6.18 one package, `linux-image-<release>`, contains everything. After that the content is in `linux-base-`, `linux-binary-` and
        /// `linux-modules-<release>`, and `linux-image-` only depends on them.
        case debian
        /// `linux-image-<release>` contains only the image, signed for Secure Boot; `linux-image-unsigned-<release>` an unsigned one.
        case ubuntu
        /// Any other vendor's: one package, or an image and modules, with a version, a flavour and perhaps a meta package.
        case general

        /// Prefixes of the packages that an image's package may need.
        fileprivate var parts: [String] {
            switch self {
            case .debian: ["linux-base-", "linux-binary-", "linux-modules-"]
            case .ubuntu: ["linux-modules-", "linux-modules-extra-"]
            case .general: ["linux-base-", "linux-binary-", "linux-modules-", "linux-modules-extra-"]
            }
        }
    }

    private static let imagePrefix = "linux-image-"

    static func kernels(
        in index: PackageIndex, architecture: Architecture = .host, shape: Shape, origin: String, archive: String
    ) -> [CatalogueKernel] {
        let byName = Dictionary(grouping: index.packages, by: \.name)
        let metaFlavours = shape == .general ? metaFlavours(index) : [:]
        return index.packages.compactMap { image -> CatalogueKernel? in
            guard let release = release(of: image.name, shape, byName), let version = version(of: image, release, shape) else { return nil }
            let flavour =
                switch shape {
                case .debian: architecture.debianFlavours.first { release.hasSuffix("-" + $0) }
                // 5.15.0-1057-azure
                case .ubuntu: release.split(separator: "-", maxSplits: 2).dropFirst(2).first.map(String.init)
                case .general: metaFlavours[release] ?? generalFlavour(of: release)
                }
            guard let flavour = flavour.flatMap({ try? KernelFlavour(parsing: $0) }) else { return nil }
            let parts = shape.parts.compactMap { prefix in byName[prefix + release]?.first { $0.version == image.version } }
            let isSpread =
                switch shape {
                case .debian: parts.contains { $0.name.hasPrefix("linux-binary-") }
                case .ubuntu: true
                case .general: !parts.isEmpty
                }
            // A package of a few kilobytes without parts is a meta package for the newest of its series: linux-image-6.1-cloud-….
            guard image.size > 1 << 20 || isSpread else { return nil }
            return CatalogueKernel(
                identity: KernelIdentity(version: version, flavour: flavour, release: release, origin: origin),
                packages: ([image] + parts).map {
                    CatalogueKernel.Source(name: $0.name, version: $0.version, address: "\(archive)/\($0.filename)", size: $0.size, checksum: $0.checksum)
                },
                lacksModules: isSpread && !parts.contains { $0.name == "linux-modules-" + release })
        }
    }

    /// What `uname -r` says on the kernel of an image's package; nil for other packages.
    private static func release(of name: String, _ shape: Shape, _ byName: [String: [PackageIndex.Package]]) -> String? {
        guard name.hasPrefix(imagePrefix), !name.hasSuffix("-dbg"), !name.hasSuffix("-dbgsym") else { return nil }
        var release = name.dropFirst(imagePrefix.count)
        if shape != .debian, release.hasPrefix("unsigned-") {
            release = release.dropFirst("unsigned-".count)
            if byName["\(imagePrefix)\(release)"] != nil { return nil }
        }
        return release.first?.isNumber == true ? String(release) : nil
    }

    private static func version(of package: PackageIndex.Package, _ release: String, _ shape: Shape) -> KernelVersion? {
        let withoutEpoch = package.version.split(separator: ":", maxSplits: 1).last ?? ""
        let version = try? KernelVersion(parsing: withoutEpoch)
        guard shape == .general, let named = try? KernelVersion(parsing: release) else { return version }
        // Some vendors count builds in the package's version: 20240612-1.
        return version.map { $0.series == named.series } == true ? version : named
    }

    // MARK: - Other vendors

    /// The flavour by release, if a meta package states it: `linux-image-surface` depends on `linux-image-6.9.3-surface-2`.
    private static func metaFlavours(_ index: PackageIndex) -> [String: String] {
        var flavours: [String: String] = [:]
        for meta in index.packages where meta.name.hasPrefix(imagePrefix) {
            let name = meta.name.dropFirst(imagePrefix.count)
            guard name.first?.isNumber == false else { continue }
            for release in meta.depends where release.hasPrefix(imagePrefix) {
                let release = release.dropFirst(imagePrefix.count)
                if "-\(release)-".contains("-\(name)-") { flavours[String(release)] = String(name) }
            }
        }
        return flavours
    }

    /// A release without its version and build numbers: `surface` of `6.9.3-surface-2`, `pve` of `6.8.12-1-pve`, `x64v3-xanmod1` of
    /// `6.9.3-x64v3-xanmod1`.
    static func generalFlavour(of release: String) -> String? {
        var parts = release.split(separator: "-").dropFirst()
        while parts.first?.allSatisfy({ $0.isNumber || $0 == "." }) == true { parts.removeFirst() }
        while parts.last?.allSatisfy({ $0.isNumber || $0 == "." }) == true { parts.removeLast() }
        let name = parts.joined(separator: "-").lowercased()
        // A release without a flavour is the only flavour of its vendor.
        return name.isEmpty ? "generic" : String(name.map { $0 == "." || $0 == "_" || $0 == "+" || $0 == "~" ? "-" : $0 })
    }
}
