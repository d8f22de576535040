import Foundation
import KernelCatalogue
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@Suite("Fetching a kernel")
struct FetchTests {
    static let suites = [DebianSuite(name: "bookworm", archive: .main)]
    static let release = "6.1.0-9-cloud-amd64"

    private static func publish(_ repository: DebianRepository) async throws {
        try await repository.publish("bookworm", packages: [CatalogueFixture.whole(release, "6.1.27-1")])
    }

    /// The only kernel of the repository, and what fetching it fails with.
    private func failure(_ fixture: CatalogueFixture, after change: () throws -> Void) async throws -> CatalogueError? {
        let catalogue = fixture.catalogue(suites: Self.suites)
        let kernel = try #require(try await catalogue.listing().kernels.first)
        try change()
        let error = await #expect(throws: CatalogueError.self) { _ = try await catalogue.fetch(kernel) }
        #expect(!catalogue.isCached(kernel))
        #expect(fixture.cached("kernel") == [])
        return error
    }

    private func content(_ file: FilePath?) throws -> Data { try Data(contentsOf: URL(filePath: try #require(file).string)) }

    @Test("gives image, modules and configuration of both shapes of packages", arguments: ["6.1.0-10-cloud-amd64", "7.3.4+deb13-cloud-amd64"])
    func bothShapes(release: String) async throws {
        try await CatalogueFixture.with { fixture in
            let catalogue = fixture.catalogue()
            let kernel = try #require(try await catalogue.listing().kernels.first { $0.identity.release == release })
            #expect(!catalogue.isCached(kernel))
            let files = try await catalogue.fetch(kernel)
            #expect(catalogue.isCached(kernel))
            #expect(files.identity == kernel.identity)
            #expect(try content(files.image) == Data(CatalogueFixture.image(release)))
            #expect(try content(files.config) == Data("CONFIG_BPF=y\n".utf8))
            #expect(files.modules?.lastComponent?.string == release)
            #expect(FileManager.default.fileExists(atPath: try #require(files.modules).appending("kernel").string))
            #expect(files.packages.count == (release.hasPrefix("7") ? 4 : 1))
            #expect(files.packages.allSatisfy { $0.address.hasPrefix(fixture.server.address) && $0.checksum.count == 64 && $0.bytes > 0 })
        }
    }

    @Test("works without the modules' package, and says beforehand that it is not on offer")
    func lackingModules() async throws {
        try await CatalogueFixture.with { repository in
            let packages = CatalogueFixture.split("7.1.13+deb13-cloud-amd64", "7.1.13-1").filter { !$0.name.hasPrefix("linux-modules") }
            try await repository.publish("bookworm", packages: packages + [CatalogueFixture.whole(Self.release, "6.1.27-1")])
        } _: { fixture in
            let catalogue = fixture.catalogue(suites: Self.suites)
            let kernels = try await catalogue.listing().kernels
            #expect(kernels.map(\.lacksModules) == [false, true])
            let files = try await catalogue.fetch(try #require(kernels.last))
            #expect(files.modules == nil)
            #expect(try content(files.image) == Data(CatalogueFixture.image("7.1.13+deb13-cloud-amd64")))
        }
    }

    @Test("refuses a package with other content than its index says")
    func wrongHash() async throws {
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            let error = try await failure(fixture) {
                let file = try fixture.repository.packageFile("linux-image-\(Self.release)")
                var content = try Data(contentsOf: URL(filePath: file.string))
                content[content.count / 2] ^= 1
                try content.write(to: URL(filePath: file.string))
            }
            #expect(error?.code == .hashMismatch)
        }
    }

    @Test("refuses a package that is shorter than its index says")
    func truncated() async throws {
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            let error = try await failure(fixture) {
                let file = try fixture.repository.packageFile("linux-image-\(Self.release)")
                try Data(contentsOf: URL(filePath: file.string)).prefix(5000).write(to: URL(filePath: file.string))
            }
            #expect(error?.code == .sizeMismatch)
            #expect(error?.description.contains("5000 bytes") == true)
        }
    }

    @Test("refuses a package that is longer than its index says, announced or not", arguments: [nil, LoopbackServer.Fault.unannounced])
    func tooLong(fault: LoopbackServer.Fault?) async throws {
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            let error = try await failure(fixture) {
                let file = try fixture.repository.packageFile("linux-image-\(Self.release)")
                var content = try Data(contentsOf: URL(filePath: file.string))
                content.append(Data(count: 4_000_000))
                try content.write(to: URL(filePath: file.string))
                fixture.server.setFault(fault, forPathsEnding: ".deb")
            }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test(
        "says what went wrong on the way",
        arguments: [
            (LoopbackServer.Fault.status(404), CatalogueError.Code.notFound), (.status(403), .forbidden), (.cut(afterBytes: 3000), .interrupted),
            (.stall(afterBytes: 3000), .slow),
        ])
    func badServer(fault: LoopbackServer.Fault, code: CatalogueError.Code) async throws {
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            let error = try await failure(fixture) { fixture.server.setFault(fault, forPathsEnding: ".deb") }
            #expect(error?.code == code)
            #expect(error?.description.contains("linux-image-\(Self.release)") == true)
        }
    }

    @Test("refuses a package that is well signed for and no package")
    func noPackage() async throws {
        try await CatalogueFixture.with { repository in
            try await repository.publish(
                "bookworm",
                packages: [
                    DebianRepository.Package(name: "linux-image-\(Self.release)", version: "6.1.27-1", files: ["boot/other": CatalogueFixture.image("x")])
                ])
        } _: { fixture in
            let error = try await failure(fixture) {}
            #expect(error?.code == .brokenPackage)
            #expect(error?.description.contains("no kernel image") == true)
        }
    }

    @Test("tells an unreachable mirror")
    func unreachable() async throws {
        // The port is free again once the server is gone.
        let folder = try TemporaryFolder()
        let address = try await LoopbackServer.serving(folder.path) { $0.address }
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            let error = await #expect(throws: CatalogueError.self) {
                _ = try await fixture.catalogue(suites: Self.suites, mirror: address + "/debian").listing()
            }
            #expect(error?.code == .unreachable)
            #expect(error?.description.contains("--mirror") == true)
        }
    }

    @Test("works offline with what is in the cache, and says what is not")
    func offline() async throws {
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            let offline = fixture.catalogue(suites: Self.suites) { $0.offline = true }
            let early = await #expect(throws: CatalogueError.self) { _ = try await offline.listing() }
            #expect(early?.code == .offline)

            let online = fixture.catalogue(suites: Self.suites)
            let kernel = try #require(try await online.listing().kernels.first)
            let before = fixture.server.requests.count
            #expect(try await offline.listing().kernels == [kernel])
            let late = await #expect(throws: CatalogueError.self) { _ = try await offline.fetch(kernel) }
            #expect(late?.code == .offline)
            #expect(fixture.server.requests.count == before)

            let files = try await online.fetch(kernel)
            #expect(try await offline.fetch(kernel).image == files.image)
        }
    }

    @Test("remembers offline which suites the archive does not have")
    func offlineAbsence() async throws {
        let suites = Self.suites + [DebianSuite(name: "forky", archive: .main)]
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            _ = try await fixture.catalogue(suites: suites).listing()
            let listing = try await fixture.catalogue(suites: suites) { $0.offline = true }.listing()
            #expect(listing.kernels.count == 1)
            #expect(listing.warnings == [])
        }
    }

    @Test("happens once when several ask for the same kernel at the same time")
    func together() async throws {
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            let catalogue = fixture.catalogue(suites: Self.suites)
            let kernel = try #require(try await catalogue.listing().kernels.first)
            let images = try await withThrowingTaskGroup(of: FilePath.self) { group in
                for _ in 0..<4 { group.addTask { try await catalogue.fetch(kernel).image } }
                return try await group.reduce(into: Set<FilePath>()) { $0.insert($1) }
            }
            #expect(images.count == 1)
            #expect(fixture.server.requests.filter { $0.hasSuffix(".deb") }.count == 1)
        }
    }
}
