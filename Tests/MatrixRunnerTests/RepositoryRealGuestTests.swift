import ArtefactCache
import EvidenceStore
import Foundation
import KernelCatalogue
import MatrixModel
import QEMUGuest
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning
@testable import MatrixRunner

/// A real kernel that came through another distribution's repository. These need what `ci/build` makes, and a mirror or a filled cache.
@Suite("Real guests from other repositories", .enabled(if: RealGuests.areAsked, "KMATRIX_PRODUCTS names no built products; ci/test sets it"), .serialized)
struct RepositoryRealGuestTests {
    /// Debian's newest 6.1, cut into rpm packages as SUSE would.
    private static func packages(_ files: KernelFiles) throws -> [RpmArchive.Package] {
        let parts = files.identity.release.split(separator: "-")
        let modules = try #require(files.modules)
        let folder = "lib/modules/\(files.identity.release)"
        var content: [String: [UInt8]] = [:]
        let entries = FileManager.default.enumerator(atPath: modules.string)
        while let entry = entries?.nextObject() as? String {
            let file = modules.appending(entry).string
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder.boolValue else { continue }
            content["\(folder)/\(entry)"] = Array(try Data(contentsOf: URL(filePath: file)))
        }
        let (version, release) = (String(parts[0]), "\(parts[1]).1")
        return [
            RpmArchive.Package(
                name: "kernel-cloud", version: version, release: release, provides: ["kernel = \(version)-\(release)"],
                files: ["\(folder)/vmlinuz": Array(try Data(contentsOf: URL(filePath: files.image.string)))]),
            RpmArchive.Package(name: "kernel-cloud-modules", version: version, release: release, files: content),
        ]
    }

    @Test("a kernel out of signed rpm packages proves the agent")
    func rpm() async throws {
        let products = try #require(RealGuests.products)
        let debian = KernelCatalogue(settings: CatalogueSettings(cache: .standard()))
        let kernel = try #require(try await debian.listing().resolve(try KernelSelector(parsing: "6.1")).last)
        let packages = try Self.packages(try await debian.fetch(kernel))
        let archive = try await RpmArchive()
        try await archive.publish("os", packages: packages, packing: .zst, signs: .packages)
        let home = try TemporaryFolder()
        try await LoopbackServer.serving(archive.root) { server in
            let distributions = try DistributionCatalogue(
                parsing: """
                    distributions:
                      wrapped-1:
                        title: Wrapped
                        repository: { kind: rpm, name: wrapped, addresses: ["\(server.address)"], folders: { oss: os }, signed: packages }
                        kernel: { flavour: cloud-amd64, packages: { cloud-amd64: [kernel-cloud, kernel-cloud-modules] }, uname: suse }
                    """, source: "test.yml")
            let cache = ArtefactCache(root: home.path.appending("cache"))
            let settings = CatalogueSettings(cache: cache, distributions: distributions, vendorKeyrings: ["wrapped": archive.keyring])
            let request = MatrixRequest(
                blocks: [
                    MatrixAxes(
                        kernels: [try KernelSelector(parsing: "6.1@wrapped-1")], layouts: [.unified], scenarios: .standard(try products.standardScenario()))
                ], tier: .quick)
            let cells = try await RealGuests.measure(
                MatrixRunner(testing: request, products: products, cache: cache, catalogue: KernelCatalogue(settings: settings))
            ).cells
            #expect(cells.map(\.verdict) == [.compatible], "\(cells.map(\.summary))")
            #expect(cells.first?.origin == "wrapped-1/oss")
            #expect(cells.first?.release == kernel.identity.release)
            #expect(cells.first?.id.hasSuffix("unified/origin=wrapped-1") == true)
        }
    }
}
