import ArtefactCache
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import KernelCatalogue

@Suite("An rpm repository")
struct RpmRepositoryTests {
    static let release = "5.14.0-427.13.1.el9_4.x86_64"
    static let packages = VendorFixture.rpm("5.14.0", "427.13.1.el9_4") + VendorFixture.rpm("5.14.0", "362.el9")

    private static func publish(_ archive: RpmArchive) async throws { try await archive.publish("os", packages: packages) }

    /// What looking through the repository fails with.
    private func failure(_ fixture: VendorFixture) async throws -> CatalogueError? {
        let searched = try await fixture.listing("5.14@rocky-9").searched
        if case .failed(let error)? = searched.first?.outcome { return error }
        return nil
    }

    @Test("offers kernels whose index is packed in any of the ways, and has them unpacked", arguments: RpmArchive.Packing.allCases)
    func fetch(packing: RpmArchive.Packing) async throws {
        try await VendorFixture.withRpm {
            try await $0.publish("os", packages: Self.packages, packing: packing)
        } _: { fixture, _ in
            let listing = try await fixture.listing("5.14@rocky-9")
            #expect(listing.kernels.map(\.identity.version.description) == ["5.14.0-362.el9", "5.14.0-427.13.1.el9_4"])
            let kernel = try #require(try listing.resolve(KernelSelector(parsing: "5.14@rocky-9")).first)
            #expect(kernel.identity.release == Self.release)
            #expect(kernel.identity.origin == "rocky-9/BaseOS")
            #expect(!kernel.lacksModules)
            let files = try await fixture.catalogue().fetch(kernel)
            #expect(try Data(contentsOf: URL(filePath: files.image.string)) == Data("kernel \(Self.release)".utf8))
            #expect(try Data(contentsOf: URL(filePath: #require(files.modules).appending("kernel/net/some.ko").string)) == Data("module".utf8))
            #expect(files.packages.map(\.name) == ["kernel-core", "kernel-modules"])
        }
    }

    @Test("found through a list of mirrors is the first of them")
    func mirrorList() async throws {
        try await VendorFixture.withRpm(folder: "core/mirror.list") { archive in
            try await archive.publish("x86_64", packages: Self.packages)
            try FileManager.default.createDirectory(atPath: archive.root.appending("core").string, withIntermediateDirectories: true)
        } _: { fixture, archive in
            try Data("\(fixture.server.address)/$basearch/\n".utf8).write(to: URL(filePath: archive.root.appending("core/mirror.list").string))
            #expect(try await fixture.listing("5.14@rocky-9").kernels.count == 2)
            #expect(try await fixture.listing("5.14@rocky-9") { $0.offline = true }.kernels.count == 2)
        }
    }

    @Test("without the package offers nothing, and without an index is absent")
    func nothing() async throws {
        try await VendorFixture.withRpm {
            try await $0.publish("os", packages: [RpmArchive.Package(name: "kernel-doc", version: "5.14.0", release: "1", files: ["usr/share/doc/k": [1]])])
        } _: { fixture, archive in
            let listing = try await fixture.listing("5.14@rocky-9")
            #expect(listing.searched.map(\.outcome) == [.read(kernels: 0)])
            #expect(throws: CatalogueError.self) { _ = try listing.resolve(KernelSelector(parsing: "5.14@rocky-9")) }
            try FileManager.default.removeItem(atPath: archive.index("os").string)
            #expect(try await fixture.listing("5.14@rocky-9").searched.map(\.outcome) == [.absent])
        }
    }

    @Test("whose index was changed after it was signed, is not signed, or is signed by somebody else, is not believed")
    func indexSignature() async throws {
        let other = try await RpmArchive()
        try await VendorFixture.withRpm(publish: Self.publish) { fixture, archive in
            let signature = try Data(contentsOf: URL(filePath: archive.index("os").string + ".asc"))
            var text = try String(contentsOfFile: archive.index("os").string, encoding: .utf8)
            text = text.replacing("<revision>", with: "<revision>9")
            try Data(text.utf8).write(to: URL(filePath: archive.index("os").string))
            #expect(try await failure(fixture)?.code == .badSignature)
            try FileManager.default.removeItem(atPath: archive.index("os").string + ".asc")
            let unsigned = try await failure(fixture)
            #expect(unsigned?.code == .badSignature)
            #expect(unsigned?.description.contains("repomd.xml.asc") == true)
            try signature.write(to: URL(filePath: archive.index("os").string + ".asc"))
            try await archive.signIndex("os")
            #expect(try await failure(fixture) == nil)
            var stranger = fixture
            stranger.keyrings = ["rocky": other.keyring]
            #expect(try await failure(stranger)?.code == .badSignature)
            #expect(fixture.cached("kernel") == [])
        }
    }

    @Test("whose packages' index is not the one that is signed for is not believed")
    func wrongIndex() async throws {
        try await VendorFixture.withRpm(publish: Self.publish) { fixture, archive in
            let file = try archive.indexFile("os", ending: "primary.xml.gz")
            var content = try Data(contentsOf: URL(filePath: file.string))
            content[content.count / 2] ^= 1
            try content.write(to: URL(filePath: file.string))
            #expect(try await failure(fixture)?.code == .hashMismatch)
            #expect(fixture.cached("rpm-index") == [])
        }
    }

    @Test("whose package is not the one that is signed for is not unpacked")
    func wrongPackage() async throws {
        try await VendorFixture.withRpm(publish: Self.publish) { fixture, archive in
            let kernel = try #require(try await fixture.listing("5.14@rocky-9").kernels.last)
            let file = archive.packageFile("os", Self.packages[1])
            var content = try Data(contentsOf: URL(filePath: file.string))
            content[content.count - 10] ^= 1
            try content.write(to: URL(filePath: file.string))
            let error = await #expect(throws: CatalogueError.self) { _ = try await fixture.catalogue().fetch(kernel) }
            #expect(error?.code == .hashMismatch)
            #expect(fixture.cached("kernel") == [])
        }
    }

    @Test("whose index unpacks to more than it says is stopped there")
    func bomb() async throws {
        try await VendorFixture.withRpm { archive in
            try await archive.publish("os", packages: [], signs: .nothing)
            let repodata = archive.index("os").removingLastComponent()
            try await DebianRepository.run("rm *primary*; head -c 64M /dev/zero | gzip > primary.xml.gz", in: repodata)
            let bomb = repodata.appending("primary.xml.gz").string
            let hash = try await DebianRepository.output("sha256sum", [bomb]).prefix(64)
            let size = try Data(contentsOf: URL(filePath: bomb)).count
            let text = """
                <?xml version="1.0"?><repomd><data type="primary"><checksum type="sha256">\(hash)</checksum><location href="repodata/primary.xml.gz"/>
                <size>\(size)</size><open-size>1000</open-size></data></repomd>
                """
            try Data(text.utf8).write(to: URL(filePath: archive.index("os").string))
            try await archive.signIndex("os")
        } _: { fixture, _ in
            let error = try await failure(fixture)
            #expect(error?.code == .tooLarge)
        }
    }

    @Test("reads its index again when an older kmatrix kept it, or a kernel's files, otherwise")
    func olderCache() async throws {
        try await VendorFixture.withRpm(publish: Self.publish) { fixture, _ in
            let kernel = try #require(try await fixture.listing("5.14@rocky-9").kernels.last)
            _ = try await fixture.catalogue().fetch(kernel)
            for kind in ["rpm-index", "kernel"] {
                let entry = fixture.cache.root.appending(kind).appending(try #require(fixture.cached(kind).first))
                try await DebianRepository.run("rm -r ./*; echo '{\"kernels\": 1}' > kernels.json; echo 1 > document.json", in: entry)
            }
            let again = try #require(try await fixture.listing("5.14@rocky-9").kernels.last)
            #expect(again == kernel)
            #expect(FileManager.default.fileExists(atPath: try await fixture.catalogue().fetch(again).image.string))
        }
    }

    @Suite("that nobody signs, but its packages")
    struct SignedPackages {
        @Test("has them checked one by one, against the keys of its maker alone")
        func checked() async throws {
            let other = try await RpmArchive()
            try await VendorFixture.withRpm(signed: "packages") { archive in
                try await archive.publish("os", packages: RpmRepositoryTests.packages, signs: .packages)
            } _: { fixture, _ in
                let kernel = try #require(try await fixture.listing("5.14@rocky-9").kernels.last)
                var stranger = fixture
                stranger.keyrings = ["rocky": other.keyring]
                let error = await #expect(throws: CatalogueError.self) { _ = try await stranger.catalogue().fetch(kernel) }
                #expect(error?.code == .badSignature)
                #expect(error?.description.contains("a key that does not count") == true, "\(String(describing: error))")
                #expect(fixture.cached("kernel") == [])
                #expect(try await fixture.catalogue().fetch(kernel).packages.count == 2)
            }
        }

        @Test("has one that is not signed refused")
        func unsigned() async throws {
            try await VendorFixture.withRpm(signed: "packages") {
                try await $0.publish("os", packages: RpmRepositoryTests.packages, signs: .nothing)
            } _: { fixture, _ in
                let kernel = try #require(try await fixture.listing("5.14@rocky-9").kernels.last)
                let error = await #expect(throws: CatalogueError.self) { _ = try await fixture.catalogue().fetch(kernel) }
                #expect(error?.code == .badSignature)
                #expect(fixture.cached("kernel") == [])
            }
        }

        @Test("has a well signed package refused that is another than the index says")
        func exchanged() async throws {
            let wanted = RpmRepositoryTests.packages[0]
            var older = wanted
            older.release = "1.el9"
            try await VendorFixture.withRpm(signed: "packages") { [older] archive in
                try await archive.publish("os", packages: [older], signs: .packages)
                // An index that nobody signed says of the older package that it is the newer one.
                let repodata = archive.index("os").removingLastComponent()
                try await DebianRepository.run(
                    "gunzip *primary.xml.gz; sed 's/rel=\"1.el9/rel=\"\(wanted.release)/' *-primary.xml > primary.xml; modifyrepo_c --mdtype=primary "
                        + "primary.xml . 2>&1",
                    in: repodata)
            } _: { fixture, _ in
                let kernel = try #require(try await fixture.listing("5.14@rocky-9").kernels.last)
                #expect(kernel.identity.version.revision == wanted.release)
                let error = await #expect(throws: CatalogueError.self) { _ = try await fixture.catalogue().fetch(kernel) }
                #expect(error?.code == .badSignature)
                #expect(error?.description.contains("kernel-core 5.14.0-1.el9") == true, "\(String(describing: error))")
            }
        }
    }

    @Suite("whose package reaches out of its folder")
    struct Escapes {
        private func failure(_ package: RpmArchive.Package, change: @escaping (FilePath) async throws -> Void = { _ in }) async throws -> (
            CatalogueError?, [String]
        ) {
            var found: (CatalogueError?, [String]) = (nil, [])
            try await VendorFixture.withRpm {
                try await $0.publish("os", packages: [package], change: change)
            } _: { fixture, _ in
                let kernel = try #require(try await fixture.listing("5.14@rocky-9").kernels.last)
                found.0 = await #expect(throws: CatalogueError.self) { _ = try await fixture.catalogue().fetch(kernel) }
                found.1 = fixture.cached("kernel")
            }
            return found
        }

        private static func package() -> RpmArchive.Package { VendorFixture.rpm("5.14.0", "1.el9")[0] }

        @Test("by a path that climbs is refused")
        func climbing() async throws {
            var package = Self.package()
            package.files["boot/aaaaaa/evil"] = [1]
            let (error, left) = try await failure(package) { folder in
                try await DebianRepository.run("sed -i 's,\\./boot/aaaaaa/evil,./../../../../evil,' *.rpm", in: folder)
            }
            #expect(error?.code == .brokenPackage && error?.description.contains("leads out") == true, "\(String(describing: error))")
            #expect(left == [])
        }

        @Test("by a device is refused")
        func device() async throws {
            var package = Self.package()
            package.listed = ["%dev(c,1,3) /boot/evil"]
            let (error, left) = try await failure(package)
            #expect(error?.code == .brokenPackage && error?.description.contains("device") == true, "\(String(describing: error))")
            #expect(left == [])
        }

        @Test("by a link to a file of this machine in the kernel's place has no kernel")
        func link() async throws {
            var package = Self.package()
            let image = try #require(package.files.keys.first { $0.hasSuffix("vmlinuz") })
            package.files[image] = nil
            package.links[image] = "/etc/passwd"
            let (error, left) = try await failure(package)
            #expect(error?.code == .brokenPackage && error?.description.contains("no kernel image") == true, "\(String(describing: error))")
            #expect(left == [])
        }
    }
}
