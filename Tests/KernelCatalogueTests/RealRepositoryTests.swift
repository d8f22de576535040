import ArtefactCache
import Foundation
import HostTools
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import KernelCatalogue

/// Repositories in the forms that vendors publish, made with their own tools.
@Suite("A vendor's rpm repository")
struct RealRepositoryTests {
    private static let packages = VendorFixture.rpm("5.14.0", "427.el9")

    private func releases(_ fixture: VendorFixture, change: (inout CatalogueSettings) -> Void = { _ in }) async throws -> [String] {
        try await fixture.listing("5.14@rocky-9", change: change).kernels.map(\.identity.release)
    }

    private static let release = "5.14.0-427.el9.x86_64"

    @Test("may keep its packages elsewhere below its own address, as Amazon Linux 2023 does")
    func elsewhere() async throws {
        try await VendorFixture.withRpm(folder: "core/guids/1/x86_64") { archive in
            try await archive.publish("core/guids/1/x86_64", packages: Self.packages, options: ["--location-prefix", "../../../../blob"])
            try await DebianRepository.run("mkdir -p ../../../../blob; cp -r Packages ../../../../blob/", in: archive.root.appending("core/guids/1/x86_64"))
        } _: { fixture, _ in
            #expect(try await releases(fixture) == [Self.release])
            let kernel = try #require(try await fixture.listing("5.14@rocky-9").kernels.first)
            #expect(try await fixture.catalogue().fetch(kernel).packages.allSatisfy { $0.address.hasPrefix("\(fixture.server.address)/blob/Packages/") })
        }
    }

    @Test(
        "is refused packages that lie outside of its address, however that is written",
        arguments: [
            "../../../x", "%2e%2e/%2e%2e/x", "/x", "ftp://127.0.0.1/x", "http://elsewhere.invalid/x", "a\\..\\..\\x",
        ])
    func outside(prefix: String) async throws {
        try await VendorFixture.withRpm {
            try await $0.publish("os", packages: Self.packages, signs: .nothing)
        } _: { fixture, archive in
            try await change(archive) { $0.replacing("href=\"Packages/", with: "href=\"\(prefix)/Packages/") }
            let listing = try await fixture.listing("5.14@rocky-9")
            #expect(listing.kernels.isEmpty)
            #expect(listing.warnings.first?.contains("outside of the vendor's addresses") == true, "\(listing.warnings)")
            #expect(!fixture.server.requests.contains { $0.contains("Packages/") })
        }
    }

    @Test("is believed an xml:base below its own address, which moves with a mirror", arguments: [true, false])
    func base(isMirrored: Bool) async throws {
        try await VendorFixture.withRpm(folder: "os", address: isMirrored ? "http://vendor.invalid/pub" : nil) {
            try await $0.publish("os", packages: Self.packages, signs: .nothing)
        } _: { fixture, archive in
            let root = isMirrored ? "http://vendor.invalid/pub" : fixture.server.address
            try await change(archive) { $0.replacing("<location href=", with: "<location xml:base=\"\(root)/os\" href=") }
            let mirrors = isMirrored ? ["rocky": fixture.server.address] : [:]
            let kernel = try #require(try await fixture.listing("5.14@rocky-9") { $0.mirrors.merge(mirrors) { $1 } }.kernels.first)
            #expect(
                try await fixture.catalogue { $0.mirrors.merge(mirrors) { $1 } }.fetch(kernel).packages.allSatisfy {
                    $0.address.hasPrefix(fixture.server.address)
                })
        }
    }

    @Test("found through a list of mirrors is the first that works, and moves with a mirror that was named")
    func mirrorLists() async throws {
        try await VendorFixture.withRpm(folder: "core/mirror.list") { archive in
            try await archive.publish("x86_64", packages: Self.packages)
            try FileManager.default.createDirectory(atPath: archive.root.appending("core").string, withIntermediateDirectories: true)
        } _: { fixture, archive in
            let list = URL(filePath: archive.root.appending("core/mirror.list").string)
            try Data("http://127.0.0.1:9/x86_64\n\(fixture.server.address)/gone\n\(fixture.server.address)/x86_64\n".utf8).write(to: list)
            #expect(try await releases(fixture) == [Self.release])
            try Data("http://vendor.invalid/x86_64\n".utf8).write(to: list)
            #expect(try await releases(fixture) { $0.mirrors["rocky"] = fixture.server.address } == [Self.release])
            try Data("http://vendor.invalid/../../x86_64\n".utf8).write(to: list)
            #expect(try await releases(fixture) { $0.mirrors["rocky"] = fixture.server.address } == [])
        }
    }

    @Test("may use stronger digests", arguments: ["sha384", "sha512"])
    func digests(name: String) async throws {
        try await VendorFixture.withRpm {
            try await $0.publish("os", packages: Self.packages, options: ["--checksum", name])
        } _: { fixture, _ in
            let kernel = try #require(try await fixture.listing("5.14@rocky-9").kernels.first)
            #expect(try await fixture.catalogue().fetch(kernel).packages.allSatisfy { $0.checksum.count == (name == "sha512" ? 128 : 96) })
        }
    }

    @Test("with weak digests is refused with that reason")
    func weakDigest() async throws {
        try await VendorFixture.withRpm {
            try await $0.publish("os", packages: Self.packages, options: ["--checksum", "sha1"])
        } _: { fixture, _ in
            let listing = try await fixture.listing("5.14@rocky-9")
            #expect(listing.warnings.first?.contains("no SHA-256, SHA-384 or SHA-512") == true, "\(listing.warnings)")
        }
    }

    @Test(
        "whose index is a web page, breaks off, is another document, or is not whole says so",
        arguments: [
            ("<!DOCTYPE html><html><body>Log in</body></html>", "web page"), ("<repomd><data", "breaks off"), ("<metalink/>", "'metalink'"), ("", "empty"),
        ])
    func strange(text: String, word: String) async throws {
        try await VendorFixture.withRpm {
            try await $0.publish("os", packages: Self.packages)
        } _: { fixture, archive in
            try Data(text.utf8).write(to: URL(filePath: archive.index("os").string))
            try await archive.signIndex("os")
            let listing = try await fixture.listing("5.14@rocky-9")
            #expect(listing.warnings.count == 1)
            #expect(listing.warnings.first?.contains(word) == true, "\(listing.warnings)")
        }
    }

    @Test("whose list of packages has not as many as it says is refused; one with none is said to hold no kernel")
    func counts() async throws {
        try await VendorFixture.withRpm {
            try await $0.publish("os", packages: Self.packages, signs: .nothing)
        } _: { fixture, archive in
            try await change(archive) { $0.replacing("packages=\"2\"", with: "packages=\"3\"") }
            #expect(try await fixture.listing("5.14@rocky-9").warnings.first?.contains("lists 2 packages instead of the 3") == true)
        }
        try await VendorFixture.withRpm {
            try await $0.publish("os", packages: [])
        } _: { fixture, _ in
            let listing = try await fixture.listing("5.14@rocky-9")
            #expect(listing.warnings.first?.contains("lists no package at all") == true)
            let error = try #require(throws: CatalogueError.self) { _ = try listing.resolve(KernelSelector(parsing: "5.14@rocky-9")) }
            #expect(error.description.contains("was read and holds no kernel"), "\(error)")
        }
    }

    @Test("is read as XML: empty elements, comments and raw text mislead nobody")
    func strictXML() async throws {
        try await VendorFixture.withRpm {
            try await $0.publish("os", packages: Self.packages, signs: .nothing)
        } _: { fixture, archive in
            try await change(archive) { text in
                let head = text.firstRange(of: "<package ")!.lowerBound
                let hidden = "<!-- <package type=\"rpm\"><name>kernel-core</name></package> --><package type=\"rpm\" note=\"a > b\"/>"
                return (String(text[..<head]) + hidden + text[head...]).replacing("packages=\"2\"", with: "packages=\"3\"").replacing(
                    "<summary>a kernel", with: "<summary><![CDATA[ </package> ]]>a kernel")
            }
            #expect(try await releases(fixture) == [Self.release])
        }
    }

    @Test("has drivers and documents for a kernel that are no kernels")
    func drivers() async throws {
        let driver = RpmArchive.Package(name: "kernel-core", version: "9.1", release: "1", files: ["lib/firmware/x": [1]])
        try await VendorFixture.withRpm {
            try await $0.publish("os", packages: Self.packages + [driver])
        } _: { fixture, _ in
            let listing = try await fixture.listing("all@rocky-9")
            #expect(listing.kernels.map(\.identity.release) == [Self.release])
        }
    }

    @Test("whose signature is not there because its store says 403 is unsigned; offline it is checked again")
    func signatures() async throws {
        try await VendorFixture.withRpm {
            try await $0.publish("os", packages: Self.packages)
        } _: { fixture, _ in
            fixture.server.setFault(.status(403), forPathsEnding: ".asc")
            #expect(try await fixture.listing("5.14@rocky-9").warnings.first?.contains("there is no") == true)
            fixture.server.setFault(nil, forPathsEnding: ".asc")
            #expect(try await releases(fixture) == [Self.release])
            #expect(try await releases(fixture) { $0.offline = true } == [Self.release])
            let kept = try #require(
                try FileManager.default.contentsOfDirectory(atPath: fixture.cache.root.appending("release").string).first { $0.hasSuffix(".repomd") })
            let file = URL(filePath: fixture.cache.root.appending("release/\(kept)").string)
            try Data(String(decoding: Data(contentsOf: file), as: UTF8.self).replacing("<revision>", with: "<revision>9").utf8).write(to: file)
            #expect(try await fixture.listing("5.14@rocky-9") { $0.offline = true }.warnings.first?.contains("changed after it was signed") == true)
        }
    }

    @Test("of subscribers is not asked, and says how to bring a mirror; with one it is read")
    func subscription() async throws {
        try await VendorFixture.withRpm(subscription: "copy it with reposync") {
            try await $0.publish("os", packages: Self.packages)
        } _: { fixture, _ in
            let listing = try await fixture.listing("5.14@rocky-9")
            #expect(listing.warnings.first?.contains("copy it with reposync") == true)
            #expect(fixture.server.requests.isEmpty)
            #expect(try await releases(fixture) { $0.mirrors["rocky"] = fixture.server.address } == [Self.release])
        }
    }

    /// Changes the list of packages, and signs what describes it anew.
    private func change(_ archive: RpmArchive, _ edit: (String) -> String) async throws {
        let repodata = archive.index("os").removingLastComponent()
        try await DebianRepository.run("gunzip -c *-primary.xml.gz > primary.xml; rm *-primary.xml.gz", in: repodata)
        let file = URL(filePath: repodata.appending("primary.xml").string)
        try Data(edit(String(contentsOf: file, encoding: .utf8)).utf8).write(to: file)
        try await DebianRepository.run("modifyrepo_c --mdtype=primary --compress-type=gz primary.xml . && rm primary.xml", in: repodata)
        try await archive.signIndex("os")
    }
}

@Suite("A vendor's apt repository in another shape than Debian's")
struct AptShapeTests {
    private func packages(_ names: [(name: String, size: Int, depends: [String])], version: String = "6.9.3-2") throws -> PackageIndex {
        let checksum = try #require(Checksum(String(repeating: "a", count: 64)))
        return PackageIndex(
            packages: names.map {
                .init(name: $0.name, version: version, filename: "pool/\($0.name).deb", size: $0.size, checksum: checksum, depends: $0.depends)
            })
    }

    @Test(
        "has its flavours read from releases and meta packages",
        arguments: [
            ("6.9.3-surface-2", "surface"), ("6.8.12-1-pve", "pve"), ("6.9.3-x64v3-xanmod1", "x64v3-xanmod1"), ("6.9.3-2-liquorix-amd64", "liquorix-amd64"),
            ("6.9.3", "generic"),
            ("5.15.0-1057-azure", "azure"),
        ])
    func flavours(release: String, flavour: String) throws {
        let index = try packages([
            ("linux-image-\(release)", 10 << 20, []), ("linux-image-\(release)-dbg", 10 << 20, []), ("linux-headers-\(release)", 10 << 20, []),
        ])
        let kernels = KernelPackages.kernels(in: index, shape: .general, origin: "mine/x", archive: "http://x")
        #expect(kernels.map(\.identity.release) == [release])
        #expect(kernels.map(\.identity.flavour.name) == [flavour])
    }

    @Test(
        "of Debian has each architecture's own flavours, and those of no other",
        arguments: [
            ("6.12.9-cloud-arm64", "cloud-arm64"), ("6.12.9-rt-arm64", "rt-arm64"), ("6.12.9-arm64-16k", "arm64-16k"), ("6.12.9-arm64", "arm64"),
            ("6.12.9-cloud-amd64", nil),
        ])
    func debianFlavours(release: String, flavour: String?) throws {
        let index = try packages([("linux-image-\(release)", 10 << 20, []), ("linux-image-\(release)-dbg", 10 << 20, [])])
        let kernels = KernelPackages.kernels(in: index, architecture: .arm64, shape: .debian, origin: "debian/x", archive: "http://x")
        #expect(kernels.map(\.identity.flavour.name) == [flavour].compactMap(\.self))
    }

    @Test("believes a meta package before its own reading, and lists no meta package")
    func meta() throws {
        let release = "6.9.3-my-kernel-4"
        let index = try packages([
            ("linux-image-\(release)", 10 << 20, []), ("linux-image-kernel", 900, ["linux-image-\(release)"]),
            ("linux-image-other", 900, ["linux-image-9.9.9-x"]),
        ])
        let kernels = KernelPackages.kernels(in: index, shape: .general, origin: "mine/x", archive: "http://x")
        #expect(kernels.map(\.identity.flavour.name) == ["kernel"])
    }

    @Test("has its packages' further parts drawn in")
    func parts() throws {
        let index = try packages([("linux-image-6.9.3-surface-2", 900, []), ("linux-modules-6.9.3-surface-2", 10 << 20, [])])
        let kernel = try #require(KernelPackages.kernels(in: index, shape: .general, origin: "mine/x", archive: "http://x").first)
        #expect(kernel.packages.count == 2 && !kernel.lacksModules)
    }

    @Test("is asked for its index by name where its store says 403 of the one by hash")
    func byHash() async throws {
        try await VendorFixture.withUbuntu { fixture in
            let hashes = try FileManager.default.subpathsOfDirectory(atPath: fixture.debian.root.appending("ubuntu/dists").string).filter {
                $0.contains("by-hash/SHA256/")
            }
            for hash in hashes { fixture.server.setFault(.status(403), forPathsEnding: String(hash.suffix(64))) }
            #expect(try await fixture.listing("5.15@ubuntu-22.04").kernels.isEmpty == false)
        }
    }

    @Test(
        "may write its dates with another zone",
        arguments: [
            "Sat, 02 Aug 2025 20:35:43 UTC", "Sat, 02 Aug 2025 20:35:43 +0000", "Sat, 02 Aug 2025 20:35:43 GMT", "Sat, 02 Aug 2025 22:35:43 +0200",
        ])
    func dates(text: String) throws { #expect(ReleaseFile.date(text) == Date(timeIntervalSince1970: 1_754_166_943)) }

    @Test("lists every version that a selector means when asked for")
    func everyVersion() async throws {
        try await VendorFixture.withUbuntu { fixture in
            let listing = try await fixture.listing("all@ubuntu-22.04")
            let every = try listing.resolve(KernelSelector(parsing: "5.15@ubuntu-22.04"), everyVersion: true)
            #expect(every.map(\.identity.release) == ["5.15.0-1003-azure", "5.15.0-1057-azure"])
        }
    }
}
