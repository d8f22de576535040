import KernelCatalogue
import MatrixModel
import TestSupport
import Testing

@Suite("The listing of kernels")
struct ListingTests {
    private func versions(_ kernels: [CatalogueKernel]) -> [String] { kernels.map(\.identity.version.description) }

    @Test("holds every kernel once, in the order of versions, whatever shape its packages have, and nothing that is no kernel")
    func everyKernelOnce() async throws {
        try await CatalogueFixture.with { fixture in
            let listing = try await fixture.catalogue().listing()
            #expect(
                listing.kernels.map(\.identity.release) == [
                    "5.9.0-1-cloud-amd64", "5.10.0-46-cloud-amd64", "6.1.0-9-cloud-amd64", "6.1.0-10-cloud-amd64", "6.1.0-10-rt-amd64",
                    "7.3.4+deb13-cloud-amd64",
                ])
            #expect(
                listing.kernels.map(\.identity.origin) == [
                    "debian/trixie-backports", "debian/bookworm-security", "debian/bookworm", "debian/bookworm", "debian/bookworm",
                    "debian/trixie-backports",
                ])
            #expect(listing.warnings == [])
        }
    }

    @Test("resolves a series, an exact version, a range, all, and a flavour")
    func selectors() async throws {
        try await CatalogueFixture.with { fixture in
            let listing = try await fixture.catalogue().listing()
            func resolve(_ text: String) throws -> [String] { versions(try listing.resolve(try KernelSelector(parsing: text))) }
            #expect(try resolve("6.1") == ["6.1.37-1"])
            #expect(try resolve("6.1.27") == ["6.1.27-1"])
            #expect(try resolve("6.1.27-1") == ["6.1.27-1"])
            #expect(try resolve(">=5.10,<7.0") == ["5.10.259-1", "6.1.37-1"])
            #expect(try resolve("all") == ["5.9.1-1", "5.10.259-1", "6.1.37-1", "7.3.4-1~bpo13+1"])
            #expect(try listing.resolve(try KernelSelector(parsing: "6.1/rt-amd64")).map(\.identity.release) == ["6.1.0-10-rt-amd64"])
        }
    }

    @Test("says of a series nobody offers where it was sought and what lies next to it", arguments: ["6.6", "6.6.12-1"])
    func notOffered(selector: String) async throws {
        try await CatalogueFixture.with { fixture in
            let listing = try await fixture.catalogue().listing()
            let error = try #require(throws: CatalogueError.self) { _ = try listing.resolve(try KernelSelector(parsing: selector)) }
            #expect(error.code == .notOffered)
            for part in ["not on offer in Debian", "--kernel-image FILE", "the nearest: 6.1, 7.3"] {
                #expect(error.description.contains(part))
            }
        }
    }

    @Test("names the flavours there are when one is asked for that nobody offers")
    func flavourNotOffered() async throws {
        try await CatalogueFixture.with { fixture in
            let listing = try await fixture.catalogue().listing()
            let error = try #require(throws: CatalogueError.self) { _ = try listing.resolve(try KernelSelector(parsing: "6.1/papaya")) }
            #expect(error.description.contains("cloud-amd64, rt-amd64"))
        }
    }

    @Test("is read from the cache when the index has not changed")
    func indexIsCached() async throws {
        try await CatalogueFixture.with { fixture in
            let first = try await fixture.catalogue().listing()
            let before = fixture.server.requests.count
            let second = try await fixture.catalogue().listing()
            #expect(first.kernels == second.kernels)
            let later = fixture.server.requests.dropFirst(before)
            #expect(later.count == 3)
            #expect(later.allSatisfy { $0.hasSuffix("/InRelease") })
        }
    }

    @Test("goes on without a suite that is absent, and warns of one that cannot be read")
    func oneSuiteFails() async throws {
        try await CatalogueFixture.with { fixture in
            fixture.server.setFault(.status(404), forPathsEnding: "bookworm/InRelease")
            fixture.server.setFault(.status(500), forPathsEnding: "trixie-backports/InRelease")
            let listing = try await fixture.catalogue().listing()
            #expect(versions(listing.kernels) == ["5.10.259-1", "6.1.37-1"])
            #expect(listing.searched.map(\.name) == ["bookworm", "bookworm-security", "trixie-backports"])
            #expect(listing.searched[0].outcome == .absent)
            #expect(listing.warnings.count == 1)
            #expect(listing.warnings.first?.contains("trixie-backports") == true)
            #expect(listing.warnings.first?.contains("500") == true)
        }
    }

    @Test("fails when no suite can be read")
    func everySuiteFails() async throws {
        try await CatalogueFixture.with { fixture in
            fixture.server.setFault(.status(503), forPathsEnding: "InRelease")
            let error = await #expect(throws: CatalogueError.self) { _ = try await fixture.catalogue().listing() }
            #expect(error?.code == .refused)
        }
    }

    @Test("fails when the mirror has none of the suites, and says what an address must be")
    func noSuite() async throws {
        try await CatalogueFixture.with { fixture in
            let error = await #expect(throws: CatalogueError.self) {
                _ = try await fixture.catalogue(mirror: fixture.server.address + "/elsewhere").listing()
            }
            #expect(error?.code == .nothingThere)
            #expect(error?.description.contains("dists") == true)
        }
    }
}
