import MatrixModel

/// Finds the kernels among a suite's packages.
enum KernelPackages {
    /// How makers of Debian packages cut a kernel.
    enum Shape: Hashable, Sendable {
        /// Up to 6.18 one package, `linux-image-<release>`, holds everything. After that its content is spread over `linux-base-`,
        /// `linux-binary-` and `linux-modules-<release>`, and `linux-image-` only draws them in.
        case debian
        /// `linux-image-<release>` has the image alone, signed for Secure Boot, or `linux-image-unsigned-<release>` where nobody signed it.
        case ubuntu
    }

    /// The flavours that Debian builds for amd64, the longer suffix first. `-dbg` and `-unsigned` are none.
    private static let debianFlavours = ["cloud-amd64", "rt-amd64", "amd64"]

    static func kernels(in index: PackageIndex, shape: Shape, origin: String, archive: String) -> [CatalogueKernel] {
        let byName = Dictionary(grouping: index.packages, by: \.name)
        return index.packages.compactMap { image -> CatalogueKernel? in
            guard let release = release(of: image.name, shape, byName), let flavour = flavour(of: release, shape), let version = version(of: image) else { return nil }
            let prefixes = shape == .debian ? ["linux-base-", "linux-binary-", "linux-modules-"] : ["linux-modules-", "linux-modules-extra-"]
            let parts = prefixes.compactMap { prefix in byName[prefix + release]?.first { $0.version == image.version } }
            let isSpread = shape == .ubuntu || parts.contains { $0.name.hasPrefix("linux-binary-") }
            // A package of a few kilobytes without parts only depends on the newest of its series: linux-image-6.1-cloud-amd64.
            guard image.size > 1 << 20 || isSpread else { return nil }
            return CatalogueKernel(
                identity: KernelIdentity(version: version, flavour: flavour, release: release, origin: origin),
                packages: ([image] + parts).map {
                    CatalogueKernel.Source(name: $0.name, version: $0.version, address: "\(archive)/\($0.filename)", size: $0.size, sha256: $0.sha256)
                },
                lacksModules: isSpread && !parts.contains { $0.name == "linux-modules-" + release })
        }
    }

    /// What `uname -r` says on the kernel of an image's package; nil for other packages.
    private static func release(of name: String, _ shape: Shape, _ byName: [String: [PackageIndex.Package]]) -> String? {
        guard name.hasPrefix("linux-image-") else { return nil }
        var release = name.dropFirst("linux-image-".count)
        if shape == .ubuntu, release.hasPrefix("unsigned-") {
            release = release.dropFirst("unsigned-".count)
            if byName["linux-image-\(release)"] != nil { return nil }
        }
        return release.first?.isNumber == true ? String(release) : nil
    }

    private static func flavour(of release: String, _ shape: Shape) -> KernelFlavour? {
        switch shape {
        case .debian: debianFlavours.first { release.hasSuffix("-" + $0) }.flatMap { try? KernelFlavour(parsing: $0) }
        // 5.15.0-1057-azure
        case .ubuntu: release.split(separator: "-", maxSplits: 2).dropFirst(2).first.flatMap { try? KernelFlavour(parsing: $0) }
        }
    }

    private static func version(of package: PackageIndex.Package) -> KernelVersion? {
        let withoutEpoch = package.version.split(separator: ":", maxSplits: 1).last ?? ""
        return try? KernelVersion(parsing: withoutEpoch)
    }
}
