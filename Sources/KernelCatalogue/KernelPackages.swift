import MatrixModel

/// Finds the kernels among a suite's packages.
///
/// Up to 6.18 one package, `linux-image-<release>`, holds everything. After that its content is spread over `linux-base-`,
/// `linux-binary-` and `linux-modules-<release>`, and `linux-image-` only draws them in.
enum KernelPackages {
    /// The flavours that are built for amd64, the longer suffix first. `-dbg` and `-unsigned` are none.
    static let flavours = ["cloud-amd64", "rt-amd64", "amd64"]

    static func kernels(in index: PackageIndex, suite: DebianSuite, archive: String) -> [CatalogueKernel] {
        let byName = Dictionary(grouping: index.packages, by: \.name)
        return index.packages.compactMap { image -> CatalogueKernel? in
            guard image.name.hasPrefix("linux-image-") else { return nil }
            let release = String(image.name.dropFirst("linux-image-".count))
            guard release.first?.isNumber == true, let flavour = flavours.first(where: { release.hasSuffix("-" + $0) }),
                let flavour = try? KernelFlavour(parsing: flavour), let version = version(of: image)
            else { return nil }
            let parts = ["linux-base-", "linux-binary-", "linux-modules-"].compactMap { prefix in
                byName[prefix + release]?.first { $0.version == image.version }
            }
            // A package of a few kilobytes without parts only depends on the newest of its series: linux-image-6.1-cloud-amd64.
            guard image.size > 1 << 20 || parts.contains(where: { $0.name.hasPrefix("linux-binary-") }) else { return nil }
            return CatalogueKernel(
                identity: KernelIdentity(version: version, flavour: flavour, release: release, origin: "debian/\(suite.name)"),
                packages: ([image] + parts).map {
                    CatalogueKernel.Source(name: $0.name, version: $0.version, address: "\(archive)/\($0.filename)", size: $0.size, sha256: $0.sha256)
                })
        }
    }

    private static func version(of package: PackageIndex.Package) -> KernelVersion? {
        let withoutEpoch = package.version.split(separator: ":", maxSplits: 1).last ?? ""
        return try? KernelVersion(parsing: withoutEpoch)
    }
}
