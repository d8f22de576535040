import ArtefactCache
import Foundation
import HostTools
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import KernelCatalogue

@Suite("Another maker's apt repository")
struct AptVendorTests {
    private func releases(_ listing: KernelListing, _ selector: String) throws -> [String] {
        try listing.resolve(try KernelSelector(parsing: selector)).map(\.identity.release)
    }

    @Test("offers kernels by series, flavour and name, hardware enablement kernels among them, signed or not")
    func selectors() async throws {
        try await VendorFixture.withUbuntu { fixture in
            let listing = try await fixture.listing("all@ubuntu-22.04")
            #expect(listing.searched.map(\.name) == ["ubuntu-22.04/jammy", "ubuntu-22.04/jammy-updates"])
            #expect(listing.warnings == [])
            #expect(try releases(listing, "all@ubuntu-22.04") == ["5.15.0-1057-azure"])
            #expect(try releases(listing, "all/generic@ubuntu-*") == ["5.15.0-25-generic", "6.8.0-40-generic"])
            #expect(try releases(listing, "5.15.0-1003.4@ubuntu-22.04") == ["5.15.0-1003-azure"])
            #expect(listing.kernels.allSatisfy { !$0.lacksModules })
            #expect(Set(listing.kernels.map(\.identity.origin)) == ["ubuntu-22.04/jammy", "ubuntu-22.04/jammy-updates"])
        }
    }

    @Test("has its kernels unpacked, image and modules from packages of their own, and no symbols")
    func fetch() async throws {
        try await VendorFixture.withUbuntu { fixture in
            let kernel = try #require(try await fixture.listing("5.15@ubuntu-22.04").kernels.last { $0.identity.flavour.name == "azure" })
            let files = try await fixture.catalogue().fetch(kernel)
            #expect(try Data(contentsOf: URL(filePath: files.image.string)) == Data("kernel 5.15.0-1057-azure".utf8))
            #expect(try Data(contentsOf: URL(filePath: #require(files.modules).appending("kernel/net/some.ko").string)) == Data("module".utf8))
            #expect(files.config != nil)
            #expect(files.packages.map(\.name) == ["linux-image-unsigned-5.15.0-1057-azure", "linux-modules-5.15.0-1057-azure"])
            let boot = try FileManager.default.contentsOfDirectory(atPath: files.image.removingLastComponent().string)
            #expect(!boot.contains { $0.hasPrefix("System.map") })
        }
    }

    @Test("is only asked where Debian has nothing, or by name")
    func order() async throws {
        try await VendorFixture.withUbuntu { fixture in
            #expect(try releases(try await fixture.listing("6.1"), "6.1") == ["6.1.0-9-cloud-amd64"])
            #expect(!fixture.server.requests.contains { $0.contains("/ubuntu/") })
            let listing = try await fixture.listing("6.1", "5.15")
            #expect(try releases(listing, "5.15") == ["5.15.0-1057-azure"])
            #expect(try releases(listing, "6.1") == ["6.1.0-9-cloud-amd64"])
            #expect(listing.searched.map(\.name) == ["bookworm", "ubuntu-22.04/jammy", "ubuntu-22.04/jammy-updates"])
            // Nobody is said to have it, so nobody is asked.
            let before = fixture.server.requests.count
            _ = try await fixture.listing("4.4")
            #expect(!fixture.server.requests.dropFirst(before).contains { $0.contains("/ubuntu/") })
        }
    }

    @Test("that cannot be reached is named with the reason, the way out and what comes nearest")
    func unreachable() async throws {
        try await VendorFixture.withUbuntu { fixture in
            fixture.server.setFault(.status(503), forPathsEnding: "jammy/InRelease")
            fixture.server.setFault(.status(503), forPathsEnding: "jammy-updates/InRelease")
            let listing = try await fixture.listing("5.15")
            #expect(!listing.isComplete)
            let error = try #require(throws: CatalogueError.self) { _ = try releases(listing, "5.15") }
            #expect(error.code == .notOffered)
            for part in ["5.15: Ubuntu has it", "HTTP 503", "--mirror ubuntu=URL", "--kernel-image FILE", "the nearest: 6.1"] {
                #expect(error.description.contains(part), "\(error)")
            }
        }
    }

    @Test("that is not in the catalogue is refused with those that are")
    func unknown() async throws {
        try await VendorFixture.withUbuntu { fixture in
            let error = await #expect(throws: SelectorError.self) { _ = try await fixture.listing("5.15@arch") }
            #expect(error?.description.contains("ubuntu-22.04") == true)
        }
    }

    @Test("is believed with the keys whose fingerprints the catalogue states, and with those of a keyring that was named; else nothing is asked of it")
    func keys() async throws {
        let other = try await DebianRepository()
        try await VendorFixture.withUbuntu(keys: other.keyring) { fixture in
            func failure(_ change: (inout CatalogueSettings) -> Void) async throws -> CatalogueError? {
                let searched = try await fixture.listing("5.15@ubuntu-22.04", change: change).searched
                if case .failed(let error)? = searched.first?.outcome { return error }
                return nil
            }
            #expect(try await failure { $0.vendorKeyrings = ["ubuntu": fixture.debian.keyring] } == nil)
            #expect(try await failure { $0.vendorKeyrings = ["ubuntu": other.keyring] }?.code == .badSignature)
            let before = fixture.server.requests.count
            #expect(try await failure { $0.vendorKeyrings = ["ubuntu": "/nonexistent"] }?.description.contains("/nonexistent") == true)
            // The file is there, and has another key than the one that is stated.
            let error = try await failure { $0.vendorKeyrings = [:] }
            #expect(error?.code == .untrusted)
            #expect(error?.description.contains("--keyring ubuntu=FILE") == true)
            #expect(!fixture.server.requests.dropFirst(before).contains { $0.contains("/ubuntu/") && ($0.hasSuffix(".deb") || $0.contains("Packages")) })
        }
    }

    @Test("without any known fingerprint is not fetched from")
    func noFingerprint() async throws {
        try await VendorFixture.withUbuntu { fixture in
            let listing = try await fixture.listing("5.15@ubuntu-22.04") { $0.vendorKeyrings = [:] }
            guard case .failed(let error)? = listing.searched.first?.outcome else { return #expect(Bool(false), "\(listing.searched)") }
            #expect(error.code == .untrusted)
            #expect(error.description.contains("fingerprint") && error.description.contains("keyrings: { ubuntu: FILE }"))
            #expect(fixture.server.requests == [])
        }
    }

    @Test("that signs with a stated key is believed")
    func statedKey() async throws {
        let repository = try await DebianRepository()
        let listing = try await DebianRepository.output("gpg", ["--show-keys", "--with-colons", repository.keyring.string])
        let fingerprint = try #require(listing.split(separator: "\n").first { $0.hasPrefix("fpr:") }?.split(separator: ":").last)
        let folder = try TemporaryFolder()
        let settings = CatalogueSettings(cache: .init(root: folder.path.appending("cache")), environment: ["HOME": folder.path.string])
        let key = SigningKey(
            name: "ubuntu", title: "Ubuntu", fingerprint: String(fingerprint), source: .package("some-keyring", file: "/nonexistent"),
            places: ["/nonexistent", repository.keyring])
        let vendor = DistributionRepository.Vendor(name: "ubuntu", title: "Ubuntu", addresses: [], keys: [key], subscription: nil)
        let file = folder.path.appending("InRelease")
        try await repository.sign("Codename: jammy\n", as: file)
        let text = try await VendorKeyring(for: vendor, forPackages: false, settings).verifier.text(signedIn: file)
        #expect(text == "Codename: jammy\n")
    }

    @Test("is looked for at a mirror that was named, and then nowhere else; offline, in the cache alone")
    func mirror() async throws {
        try await VendorFixture.withUbuntu { fixture in
            let mirrors = ["debian": fixture.server.address + "/debian", "ubuntu": fixture.server.address + "/elsewhere/"]
            let missing = try await fixture.listing("5.15@ubuntu-22.04") { $0.mirrors = mirrors }
            #expect(missing.searched.map(\.outcome) == [.absent, .absent])
            #expect(fixture.server.requests.allSatisfy { $0.hasPrefix("/elsewhere/dists/jammy") })
            let empty = try await fixture.listing("5.15@ubuntu-22.04") { $0.offline = true }
            #expect(!empty.isComplete)
            _ = try await fixture.listing("5.15@ubuntu-22.04")
            let before = fixture.server.requests.count
            let kept = try await fixture.listing("5.15@ubuntu-22.04") { $0.offline = true }
            #expect(try releases(kept, "5.15@ubuntu-22.04") == ["5.15.0-1057-azure"])
            #expect(fixture.server.requests.count == before)
        }
    }

    @Test("has sources that images are built from: each suite checked, with the vendor's keys alone, and no suite that is not there")
    func sources() async throws {
        try await VendorFixture.withUbuntu { fixture in
            let distribution = try #require(fixture.distributions.distributions.first)
            let sources = try await fixture.catalogue().packageSources(of: distribution)
            #expect(sources.lines == ["jammy", "jammy-updates"].map { "deb \(fixture.server.address)/ubuntu \($0) main universe" })
            #expect(try await KeyListing().records(in: sources.keyring).count == 1)
            #expect(sources.warnings == [])
            fixture.server.setFault(.status(404), forPathsEnding: "jammy-updates/InRelease")
            #expect(try await fixture.catalogue().packageSources(of: distribution).lines.count == 1)
            fixture.server.setFault(.status(404), forPathsEnding: "jammy/InRelease")
            let error = await #expect(throws: CatalogueError.self) { _ = try await fixture.catalogue().packageSources(of: distribution) }
            #expect(error?.code == .notFound)
            fixture.server.setFault(nil, forPathsEnding: "jammy/InRelease")
            let other = try await DebianRepository()
            let forged = await #expect(throws: CatalogueError.self) {
                _ = try await fixture.catalogue { $0.vendorKeyrings = ["ubuntu": other.keyring] }.packageSources(of: distribution)
            }
            #expect(forged?.code == .badSignature)
        }
    }

    @Test("whose package has other content than the index says is thrown away")
    func badPackage() async throws {
        try await VendorFixture.withUbuntu { fixture in
            let kernel = try #require(try await fixture.listing("5.15@ubuntu-22.04").resolve(KernelSelector(parsing: "5.15@ubuntu-22.04")).first)
            let file = fixture.debian.root.appending("ubuntu/pool/jammy-updates/linux-image-unsigned-5.15.0-1057-azure_5.15.0-1057.65_amd64.deb")
            var content = try Data(contentsOf: URL(filePath: file.string))
            content[content.count / 2] ^= 1
            try content.write(to: URL(filePath: file.string))
            let error = await #expect(throws: CatalogueError.self) { _ = try await fixture.catalogue().fetch(kernel) }
            #expect(error?.code == .hashMismatch)
            #expect(fixture.cached("kernel") == [] && fixture.cached("partial") == [])
        }
    }

    @Test("whose signed index unpacks to more than it says is stopped there")
    func bomb() async throws {
        try await VendorFixture.withUbuntu { repository in
            try await repository.publishWithAptTools("jammy-updates", archive: "ubuntu", packages: [])
            try await repository.publishWithAptTools("jammy", archive: "ubuntu", packages: [])
            let binary = repository.root.appending("ubuntu/dists/jammy/main/binary-amd64")
            try await DebianRepository.run("head -c 64M /dev/zero | xz > Packages.xz", in: binary)
            let hash = try await DebianRepository.output("sha256sum", [binary.appending("Packages.xz").string]).prefix(64)
            let size = try Data(contentsOf: URL(filePath: binary.appending("Packages.xz").string)).count
            let plain = "\(String(repeating: "0", count: 64)) 1000 main/binary-amd64/Packages"
            try await repository.sign(
                "Codename: jammy\nSHA256:\n \(hash) \(size) main/binary-amd64/Packages.xz\n \(plain)\n", as: repository.releaseFile("jammy", archive: "ubuntu"))
        } _: { fixture in
            let listing = try await fixture.listing("5.15@ubuntu-22.04")
            guard case .failed(let error)? = listing.searched.first?.outcome else { return #expect(Bool(false), "\(listing.searched)") }
            #expect(error.code == .tooLarge)
            #expect(fixture.cached("packages-index").count <= 1)
        }
    }

    @Test(
        "whose package reaches out of its folder is refused, and nothing is left of it",
        arguments: [
            // A file behind a link, a path that climbs, a device.
            (
                "ln -s /nonexistent-a tree/boot; tar -cf data.tar -C tree ./boot; mkdir -p other/boot; echo x > other/boot/evil; tar -rf data.tar -C "
                    + "other ./boot/evil",
                "link"
            ),
            ("echo x > tree/a; tar -P --transform 's,tree/a,./../../evil,' -cf data.tar tree/a", "leads out"),
            ("tar -P --transform 's,^dev/null,./boot/vmlinuz,' -cf data.tar -C / dev/null", "device"),
        ])
    func escapes(script: String, word: String) async throws {
        let release = "5.15.0-1-azure"
        try await VendorFixture.withUbuntu { repository in
            try await repository.publishWithAptTools("jammy-updates", archive: "ubuntu", packages: [])
            try await repository.publishWithAptTools("jammy", archive: "ubuntu", packages: VendorFixture.ubuntu(release, "5.15.0-1.1")) { pool in
                try await DebianRepository.run(
                    "mkdir tree; \(script); package=linux-image-\(release)_5.15.0-1.1_amd64.deb; ar x $package control.tar; echo 2.0 > debian-binary; rm "
                        + "$package; "
                        + "ar rc $package debian-binary control.tar data.tar; rm -r tree debian-binary control.tar data.tar; rm -rf other", in: pool)
            }
        } _: { fixture in
            let kernel = try #require(try await fixture.listing("5.15@ubuntu-22.04").kernels.first)
            let error = await #expect(throws: CatalogueError.self) { _ = try await fixture.catalogue().fetch(kernel) }
            #expect(error?.code == .brokenPackage)
            #expect(error?.description.contains(word) == true, "\(String(describing: error))")
            #expect(fixture.cached("kernel") == [])
        }
    }
}
