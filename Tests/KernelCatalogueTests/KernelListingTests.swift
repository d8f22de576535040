import MatrixModel
import Testing

@testable import KernelCatalogue

@Suite("A listing of kernels")
struct KernelListingTests {
    private static func kernel(_ version: String, _ origin: String) throws -> CatalogueKernel {
        let flavour = KernelFlavour.cloud(on: .host)
        let identity = KernelIdentity(version: try KernelVersion(parsing: version), flavour: flavour, release: version, origin: origin)
        return CatalogueKernel(identity: identity, packages: [], lacksModules: false)
    }

    private static func chosen(_ selector: String, of kernels: [CatalogueKernel], everyVersion: Bool = false) throws -> [String] {
        try KernelListing(kernels: kernels, searched: [], distributions: .none)
            .resolve(KernelSelector(parsing: selector), everyVersion: everyVersion).map { "\($0.identity.version) \($0.vendor)" }
    }

    @Test("gives the newest of a series, and of the revisions that an exact version names")
    func newest() throws {
        let kernels = try ["6.1.170-1", "6.1.192-1", "6.1.192-2", "6.12.1-1"].map { try Self.kernel($0, "debian/bookworm") }
        #expect(try Self.chosen("6.1", of: kernels) == ["6.1.192-2 debian"])
        #expect(try Self.chosen("6.1.192", of: kernels) == ["6.1.192-2 debian"])
        #expect(try Self.chosen("6.1.192-1", of: kernels) == ["6.1.192-1 debian"])
        #expect(try Self.chosen("all", of: kernels) == ["6.1.192-2 debian", "6.12.1-1 debian"])
        #expect(try Self.chosen("6.1.192", of: kernels, everyVersion: true) == ["6.1.192-1 debian", "6.1.192-2 debian"])
    }

    @Test("gives other vendors' kernels only where Debian has none")
    func debianFirst() throws {
        let kernels = [try Self.kernel("6.1.192-1", "debian/bookworm"), try Self.kernel("6.1.200-1", "other/main"), try Self.kernel("5.15.1-1", "other/main")]
        #expect(try Self.chosen("6.1", of: kernels) == ["6.1.192-1 debian"])
        #expect(try Self.chosen("5.15", of: kernels) == ["5.15.1-1 other"])
        #expect(throws: CatalogueError.self) { try Self.chosen("6.6", of: kernels) }
    }
}
