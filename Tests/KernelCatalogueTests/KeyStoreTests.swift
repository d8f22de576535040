import ArtefactCache
import Foundation
import HostTools
import SystemPackage
import TestSupport
import Testing

@testable import KernelCatalogue

@Suite("The store of vendors' keys")
struct KeyStoreTests {
    /// A Debian whose archive has a package with a vendor's key in it.
    private struct Served {
        let debian: DebianRepository
        let vendor: DebianRepository
        let home: TemporaryFolder
        let server: LoopbackServer
        let fingerprint: String

        func key(_ fingerprint: String? = nil, file: FilePath = "/usr/share/keyrings/vendor.gpg", places: [FilePath] = []) -> SigningKey {
            SigningKey(
                name: "vendor-1", title: "Vendor", fingerprint: fingerprint ?? self.fingerprint, source: .package("vendor-keyring", file: file), places: places)
        }

        func settings(_ key: SigningKey) throws -> CatalogueSettings {
            guard case .package(let package, let file) = key.source else { throw Errno.invalidArgument }
            let distributions = try DistributionCatalogue(
                parsing: """
                    keys:
                      vendor-1: { title: Vendor, fingerprint: \(key.fingerprint), package: \(package), file: \(file) }
                    distributions:
                      vendor-1:
                        title: Vendor
                        repository: { kind: apt, name: vendor, addresses: ["\(server.address)/vendor"], suites: [stable], keys: [vendor-1] }
                        kernel: { flavour: generic }
                    """, source: "test.yml")
            return CatalogueSettings(
                cache: ArtefactCache(root: home.path.appending("cache")), distributions: distributions, mirrors: ["debian": server.address + "/debian"],
                environment: ["HOME": home.path.string], aptFolder: "/nonexistent", keyrings: [debian.keyring],
                suites: [DebianSuite(name: "trixie", archive: .main), DebianSuite(name: "sid", archive: .main)], stallTimeout: 1, retries: 0,
                pause: .milliseconds(1))
        }
    }

    private func serving(suite: String = "trixie", _ body: (Served) async throws -> Void) async throws {
        let (debian, vendor) = (try await DebianRepository(), try await DebianRepository())
        let bytes = Array(try Data(contentsOf: URL(filePath: vendor.keyring.string)))
        try await debian.publish(
            suite, packages: [.init(name: "vendor-keyring", version: "2026.1", files: ["usr/share/keyrings/vendor.gpg": bytes, "usr/share/doc/x": [1]])])
        let record = try #require(try await KeyListing().records(in: vendor.keyring).first)
        let home = try TemporaryFolder()
        try await LoopbackServer.serving(debian.root) { server in
            try await body(Served(debian: debian, vendor: vendor, home: home, server: server, fingerprint: record.fingerprint))
        }
    }

    @Test("takes a key that this machine lacks from Debian's package, once, and offline from the cache", arguments: ["trixie", "sid"])
    func fetched(suite: String) async throws {
        try await serving(suite: suite) { served in
            let key = served.key()
            var settings = try served.settings(key)
            let store = KeyStore(settings: settings)
            #expect(try await store.state(of: key, vendor: "vendor").place == .missing)
            #expect(try await store.key(key).record.fingerprint == served.fingerprint)
            guard case .cached(let origin) = try await store.state(of: key, vendor: "vendor").place else {
                Issue.record("not cached")
                return
            }
            #expect(origin == "vendor-keyring 2026.1 (\(suite))")
            let asked = served.server.requests.count
            settings.offline = true
            let verifier = try await VendorKeyring(
                for: try #require(settings.distributions.distributions.first?.repository.vendor), forPackages: true, settings
            ).verifier
            let file = served.home.path.appending("signed")
            try await served.vendor.sign("text\n", as: file)
            #expect(try await verifier.text(signedIn: file) == "text\n")
            #expect(served.server.requests.count == asked)
        }
    }

    @Test("takes no key with another fingerprint, from a package that lacks it, or offline; and says which it wants")
    func refused() async throws {
        try await serving { served in
            let other = String(repeating: "A", count: 40)
            let wrong = served.key(other)
            let error = try await #require(throws: CatalogueError.self) { _ = try await KeyStore(settings: served.settings(wrong)).key(wrong) }
            #expect(error.code == .untrusted && error.description.contains(other), "\(error)")
            let lacking = served.key(file: "/usr/share/keyrings/other.gpg")
            let missing = try await #require(throws: CatalogueError.self) { _ = try await KeyStore(settings: served.settings(lacking)).key(lacking) }
            #expect(missing.description.contains("no file /usr/share/keyrings/other.gpg"), "\(missing)")
            var offline = try served.settings(served.key())
            offline.offline = true
            let store = KeyStore(settings: offline)
            let refusal = try await #require(throws: CatalogueError.self) { _ = try await store.key(served.key()) }
            #expect(refusal.description.contains("--offline"), "\(refusal)")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: served.home.path.appending("cache/signing-key").string).allSatisfy { $0.hasPrefix(".") })
        }
    }

    @Test("takes a package only that Debian's signed index vouches for")
    func tampered() async throws {
        try await serving { served in
            let file = try served.debian.packageFile("vendor-keyring")
            var content = try Data(contentsOf: URL(filePath: file.string))
            content[content.count - 100] ^= 1
            try content.write(to: URL(filePath: file.string))
            let error = try await #require(throws: CatalogueError.self) { _ = try await KeyStore(settings: served.settings(served.key())).key(served.key()) }
            #expect(error.code == .hashMismatch, "\(error)")
        }
    }

    @Test("prefers an installed key, and before it a keyring that is named")
    func order() async throws {
        try await serving { served in
            let key = served.key(places: ["/nonexistent", served.vendor.keyring])
            var settings = try served.settings(key)
            #expect(try await KeyStore(settings: settings).state(of: key, vendor: "vendor").place == .installed(served.vendor.keyring))
            settings.vendorKeyrings = ["vendor": "/some/file"]
            #expect(try await KeyStore(settings: settings).state(of: key, vendor: "vendor").place == .named("/some/file"))
            #expect(served.server.requests.isEmpty)
        }
    }

    @Test("gives the keys that may sign an image: those of the keyring that is named for its vendor, else the one with the fingerprint")
    func images() async throws {
        let other = try await DebianRepository()
        try await serving { served in
            let key = served.key(places: [served.vendor.keyring])
            var settings = try served.settings(key)
            settings.vendorKeyrings = ["vendor": other.keyring]
            let store = KeyStore(settings: settings)
            #expect(try await store.bytes(of: [key.fingerprint], vendor: "vendor") == Array(Data(contentsOf: URL(filePath: other.keyring.string))))
            #expect(
                try await store.bytes(of: [key.fingerprint], vendor: "somebody-else") == Array(Data(contentsOf: URL(filePath: served.vendor.keyring.string))))
        }
    }

    @Test("says what is wrong with a keyring that is named", arguments: ["folder", "text", "later", "missing"])
    func keyrings(kind: String) async throws {
        try await serving { served in
            let file = served.home.path.appending("ring")
            let words: String
            switch kind {
            case "folder":
                try FileManager.default.createDirectory(atPath: file.string, withIntermediateDirectories: true)
                words = "is a folder"
            case "text":
                try Data("hello".utf8).write(to: URL(filePath: file.string))
                words = "not a file of OpenPGP public keys"
            case "later":
                try Data([0xC6, 10, 6, 0, 0, 0, 0, 27, 0, 0, 0, 0]).write(to: URL(filePath: file.string))
                words = "version 6"
            default: words = "is not there"
            }
            var settings = try served.settings(served.key())
            settings.vendorKeyrings = ["vendor": file]
            let vendor = try #require(settings.distributions.distributions.first?.repository.vendor)
            let chosen = settings
            let error = try await #require(throws: CatalogueError.self) { _ = try await VendorKeyring(for: vendor, forPackages: false, chosen) }
            #expect(error.description.contains(words) && error.description.contains("--keyring vendor=FILE"), "\(error)")
        }
    }
}

/// Compares the catalogue with Debian's real packages of keys, wherever Debian is reachable.
@Suite("The catalogue's keys", .tags(.network), .timeLimit(.minutes(10)))
struct CatalogueKeyTests {
    @Test("are those of Debian's packages of keys", .enabled(if: DebianArchive.isReachable, "this machine reaches no Debian archive"))
    func fingerprints() async throws {
        let folder = try TemporaryFolder()
        let settings = CatalogueSettings(cache: ArtefactCache(root: folder.path.appending("cache")), distributions: try DistributionCatalogueTests.ours())
        let store = KeyStore(settings: settings)
        var packaged = 0
        for key in settings.distributions.keys {
            guard case .package = key.source else { continue }
            packaged += 1
            let found = try await store.fetch(key)
            #expect(found.record.fingerprint == key.fingerprint, "\(key.name)")
            #expect(!found.record.isRevoked, "\(key.name)")
        }
        #expect(packaged >= 20)
    }
}

extension Tag {
    @Tag static var network: Self
}

enum DebianArchive {
    /// Whether the mirror that apt uses answers.
    static let isReachable: Bool = {
        guard let address = try? Mirrors(CatalogueSettings(cache: ArtefactCache(root: "/nonexistent"))).main else { return false }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/curl")
        process.arguments = ["--silent", "--fail", "--max-time", "10", "--output", "/dev/null", "\(address)/dists/sid/InRelease"]
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
