import Foundation
import KernelCatalogue
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@Suite("What the catalogue believes")
struct TrustTests {
    /// One suite is enough to see what becomes of a bad one.
    static let suites = [DebianSuite(name: "bookworm", archive: .main)]

    private static func publish(_ repository: DebianRepository) async throws {
        try await repository.publish("bookworm", packages: [CatalogueFixture.whole("6.1.0-9-cloud-amd64", "6.1.27-1")])
    }

    private func failure(_ fixture: CatalogueFixture, keyring: FilePath? = nil) async -> CatalogueError? {
        await #expect(throws: CatalogueError.self) { _ = try await fixture.catalogue(suites: Self.suites, keyring: keyring).listing() }
    }

    @Test("refuses a release file that was changed after it was signed")
    func changed() async throws {
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            let file = fixture.repository.releaseFile("bookworm")
            let text = try String(contentsOfFile: file.string, encoding: .utf8).replacing("Origin: Test", with: "Origin: Best")
            try Data(text.utf8).write(to: URL(filePath: file.string))
            let error = await failure(fixture)
            #expect(error?.code == .badSignature)
            #expect(error?.description.contains("changed after it was signed") == true)
            #expect(fixture.cached("release") == [])
        }
    }

    @Test("refuses a release file that is not signed")
    func unsigned() async throws {
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            let file = fixture.repository.releaseFile("bookworm")
            try Data("Codename: bookworm\nSHA256:\n".utf8).write(to: URL(filePath: file.string))
            #expect(await failure(fixture)?.code == .badSignature)
        }
    }

    @Test("refuses a release file that somebody else signed")
    func otherKey() async throws {
        let other = try await DebianRepository()
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            #expect(await failure(fixture, keyring: other.keyring)?.code == .badSignature)
        }
    }

    @Test("refuses to work without a keyring")
    func noKeyring() async throws {
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            let error = await failure(fixture, keyring: "/nonexistent/keyring.gpg")
            #expect(error?.code == .toolMissing)
            #expect(error?.description.contains("debian-archive-keyring") == true)
        }
    }

    @Test("pays no heed to text around the signed part")
    func textOutside() async throws {
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            let file = fixture.repository.releaseFile("bookworm")
            let signed = try String(contentsOfFile: file.string, encoding: .utf8)
            let forged = "Codename: bookworm\nSHA256:\n \(String(repeating: "0", count: 64)) 10 main/binary-amd64/Packages.xz\n\n"
            try Data((forged + signed).utf8).write(to: URL(filePath: file.string))
            let listing = try await fixture.catalogue(suites: Self.suites).listing()
            #expect(listing.kernels.map(\.identity.release) == ["6.1.0-9-cloud-amd64"])
        }
    }

    @Test("refuses another suite's release file, however well it is signed")
    func otherSuite() async throws {
        try await CatalogueFixture.with { repository in
            try await repository.publish("bookworm", codename: "bullseye", packages: [])
        } _: { fixture in
            let error = await failure(fixture)
            #expect(error?.code == .malformedIndex)
            #expect(error?.description.contains("bullseye") == true)
        }
    }

    @Test("refuses an index that is not the one the release file names")
    func wrongIndex() async throws {
        try await CatalogueFixture.with(publish: Self.publish) { fixture in
            let file = fixture.repository.root.appending("debian/dists/bookworm/main/binary-amd64/Packages.xz")
            var content = try Data(contentsOf: URL(filePath: file.string))
            content[content.count / 2] ^= 1
            try content.write(to: URL(filePath: file.string))
            #expect(await failure(fixture)?.code == .hashMismatch)
            #expect(fixture.cached("packages-index") == [])
        }
    }

    @Suite("of an index past its Valid-Until date")
    struct Freshness {
        private func listing(daysLate: Double, _ change: @escaping (inout CatalogueSettings) -> Void = { _ in }) async throws -> KernelListing {
            var found: KernelListing?
            try await CatalogueFixture.with { repository in
                try await repository.publish(
                    "bookworm", packages: [CatalogueFixture.whole("6.1.0-9-cloud-amd64", "6.1.27-1")],
                    validUntil: Date(timeIntervalSinceNow: -daysLate * 86_400))
            } _: { fixture in
                found = try await fixture.catalogue(suites: TrustTests.suites, change: change).listing()
            }
            return try #require(found)
        }

        @Test("that lies ahead: nothing is said")
        func inTime() async throws {
            #expect(try await listing(daysLate: -1).warnings == [])
        }

        @Test("a few weeks ago: it is used, with a warning")
        func late() async throws {
            let listing = try await listing(daysLate: 20)
            #expect(listing.kernels.count == 1)
            #expect(listing.warnings == [])
            #expect(listing.lateness?.contains("20 days") == true)
        }

        @Test("by a day, when freshness is strict: it is refused")
        func strict() async throws {
            let error = await #expect(throws: CatalogueError.self) { _ = try await listing(daysLate: 1.5) { $0.strictFreshness = true } }
            #expect(error?.code == .expired)
        }

        @Test("by months: it is refused, unless that was asked for")
        func veryLate() async throws {
            let error = await #expect(throws: CatalogueError.self) { _ = try await listing(daysLate: 90) }
            #expect(error?.code == .expired)
            #expect(error?.description.contains("--allow-expired") == true)
            #expect(try await listing(daysLate: 90) { $0.allowExpired = true }.kernels.count == 1)
        }
    }
}
