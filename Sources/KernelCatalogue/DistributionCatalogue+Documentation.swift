public import MatrixModel

extension DistributionCatalogue {
    /// The documented support of a guest on a kernel. First the claims about the guest's distribution, or about the kernel's publisher if the
    /// guest is not in the catalogue; then general claims about kernels.
    /// - Parameters:
    ///   - guest: Nil for a micro guest, and for an image that the catalogue does not name.
    ///   - kernel: Nil where none was found.
    public func documentation(of guest: Distribution?, on kernel: KernelIdentity?) -> CellDocumentation {
        let publisher = kernel.flatMap { kernel in distributions.first { $0.published(kernel) } }
        let distribution = guest ?? publisher
        let claims = (distribution?.claims ?? []).map { $0.documented(of: distribution?.name ?? "") }
        let general = kernel.map { kernel in sources.compactMap { $0.claim(on: kernel.version) } } ?? []
        return CellDocumentation(
            distribution: distribution?.name, defaultLayout: guest?.cgroup,
            hasOwnKernel: kernel.map { distribution?.published($0) == true } ?? false, claims: claims + general)
    }
}

extension DistributionClaim {
    fileprivate func documented(of distribution: String) -> DocumentedClaim {
        DocumentedClaim(source: source.name, title: source.title, date: source.date, address: source.address, subject: distribution, says: support)
    }
}

extension ClaimSource {
    /// Nil for a source that speaks of distributions only.
    fileprivate func claim(on kernel: KernelVersion) -> DocumentedClaim? {
        kernels.map {
            DocumentedClaim(
                source: name, title: title, date: date, address: address, subject: "kernel \($0)", says: $0.contains(kernel) ? .supported : .unsupported)
        }
    }
}
