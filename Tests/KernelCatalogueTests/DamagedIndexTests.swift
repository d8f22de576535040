import Foundation
import HostTools
import SystemPackage
import TestSupport
import Testing

@testable import KernelCatalogue

/// Indices as Debian's archive and createrepo_c make them, cut down to what is read of them.
@Suite("A damaged index of a repository")
struct DamagedIndexTests {
    private static let packages = """
        Package: linux-image-6.1.0-47-cloud-amd64
        Source: linux-signed-amd64 (6.1.170+3)
        Version: 6.1.170-3
        Architecture: amd64
        Depends: kmod, linux-base (>= 4.3~), initramfs-tools (>= 0.120+deb8u2) | linux-initramfs-tool
        Description: Linux 6.1 for x86-64 cloud (signed)
        Filename: pool/main/l/linux-signed-amd64/linux-image-6.1.0-47-cloud-amd64_6.1.170-3_amd64.deb
        Size: 26429640
        SHA256: 139e51253b0d93db1ba3eb87707f76f3c5a7d83a50a5e5aacbda010ad21bd73a

        Package: linux-base
        Version: 4.9
        Filename: pool/main/l/linux-base/linux-base_4.9_all.deb
        Size: 31772
        SHA256: d6c9c82f4e61b4662f9ba16b9ebb379c57b4943f8b7813091d1f637325ddfb79


        """
    private static let release = """
        Origin: Debian
        Suite: oldstable
        Codename: bookworm
        Date: Sat, 11 Jul 2026 10:16:37 UTC
        Valid-Until: Sat, 18 Jul 2026 10:16:37 UTC
        Architectures: all amd64 arm64
        SHA256:
         d6c9c82f4e61b4662f9ba16b9ebb379c57b4943f8b7813091d1f637325ddfb79  1484322 contrib/Contents-all
         e17028bffa0a5ef952309b9f754f09067775c2631770c6b0df260dcaab4f1938   840868 main/binary-amd64/Packages.xz

        """
    private static let repomd = """
        <?xml version="1.0" encoding="UTF-8"?>
        <repomd xmlns="urn:repo" xmlns:rpm="urn:rpm">
          <revision>1795597609</revision>
          <data type="primary">
            <checksum type="sha256">b873993fdd04ff9eea60aeef7ec6a10184392a3596724edce32559695009c854</checksum>
            <open-checksum type="sha256">ddb960c209145973631bd0aa1cb811920688dfa1e086497fd582b5144bfc7bb9</open-checksum>
            <location href="repodata/b873993fdd04ff9eea60aeef7ec6a10184392a3596724edce32559695009c854-primary.xml.gz"/>
            <timestamp>1795597609</timestamp>
            <size>605</size>
            <open-size>1342</open-size>
          </data>
        </repomd>
        """
    private static let primary = """
        <?xml version="1.0" encoding="UTF-8"?>
        <metadata xmlns="urn:common" xmlns:rpm="urn:rpm" packages="1">
        <package type="rpm">
          <name>kernel-core</name>
          <arch>x86_64</arch>
          <version epoch="0" ver="5.14.0" rel="427.13.1.el9_4"/>
          <checksum type="sha256" pkgid="YES">c8a805ab891d205f368859ace097fbd2f86fe46777a7210d2722078ad7c77c3e</checksum>
          <summary>The Linux kernel</summary>
          <size package="6226" installed="2" archive="268"/>
          <location href="x86_64/kernel-core-5.14.0-427.13.1.el9_4.x86_64.rpm"/>
          <format>
            <rpm:provides>
              <rpm:entry name="kernel-core" flags="EQ" epoch="0" ver="5.14.0" rel="427.13.1.el9_4"/>
              <rpm:entry name="kernel-core-uname-r" flags="EQ" epoch="0" ver="5.14.0" rel="427.13.1.el9_4.x86_64"/>
            </rpm:provides>
          </format>
        </package>
        </metadata>
        """

    private static func leadsOut(_ path: String) -> Bool { path.hasPrefix("/") || path.split(separator: "/").contains("..") }

    /// Wherever a location leads, nothing outside of the vendor's address is asked for.
    private static func staysBelow(_ location: String, _ base: String?) -> Bool {
        let root = "https://vendor.invalid/pub"
        guard let address = RelativeLocation.resolve(location, base: base, against: "\(root)/a/b", within: root) else { return true }
        return address.hasPrefix(root + "/") && !leadsOut(String(address.dropFirst(root.count + 1)))
    }

    @Test("of packages names files below the archive alone", arguments: fuzzSeeds(2))
    func packages(seed: UInt64) {
        for bytes in DamagedSamples(of: [Self.packages], seed: seed, count: 2000) {
            for package in PackageIndex(Data(bytes)).packages {
                #expect(!Self.leadsOut(package.filename) && (1..<2 << 30).contains(package.size) && package.checksum.hexadecimal.utf8.count == 64)
                #expect(PackageIndex.prefixes.contains(where: package.name.hasPrefix))
            }
        }
    }

    @Test("of a suite is refused, or says of each file what must be", arguments: fuzzSeeds(2))
    func release(seed: UInt64) {
        for bytes in DamagedSamples(of: [Self.release], seed: seed, count: 1000) {
            do {
                let release = try ReleaseFile(verified: String(decoding: bytes, as: UTF8.self), address: "the release")
                #expect(release.files.values.allSatisfy { $0.size >= 0 && [64, 96, 128].contains($0.checksum.hexadecimal.utf8.count) }, "\(release.files)")
            } catch {
                #expect((error as? CatalogueError)?.code == .malformedIndex)
            }
        }
    }

    @Test("of an rpm repository is refused, or leads below it", arguments: fuzzSeeds(2))
    func metadata(seed: UInt64) {
        var read = 0
        for bytes in DamagedSamples(of: [Self.repomd], seed: seed, count: 1000) {
            do {
                let metadata = try RepositoryMetadata(parsing: String(decoding: bytes, as: UTF8.self), address: "repomd.xml")
                #expect(
                    Self.staysBelow(metadata.location, metadata.base) && metadata.size > 0 && [64, 96, 128].contains(metadata.checksum.hexadecimal.utf8.count))
                #expect(metadata.unpackedSize.map { $0 > 0 } ?? true)
                read += 1
            } catch {
                #expect(error.code == .malformedIndex)
            }
        }
        #expect((1..<1000).contains(read))
    }

    @Test("of rpm packages names files below the repository alone", arguments: fuzzSeeds(2))
    func rpms(seed: UInt64) {
        for bytes in DamagedSamples(of: [Self.primary], seed: seed, count: 1000) {
            guard let index = try? RpmIndex(Data(bytes), names: ["kernel-core"]) else { continue }
            for package in index.packages { #expect(Self.staysBelow(package.location, package.base) && (1..<2 << 30).contains(package.size)) }
        }
    }

    @Test("or a damaged package writes nothing but what is a kernel's, below its folder", arguments: fuzzSeeds(1))
    func package(seed: UInt64) async throws {
        let debian = try await DebianRepository()
        let files: [String: [UInt8]] = ["boot/vmlinuz-6.1": Array("a kernel".utf8), "usr/lib/modules/6.1/modules.dep": Array("a: b\n".utf8), "etc/passwd": [1]]
        try await debian.publish("stable", packages: [.init(name: "linux-image-6.1", version: "1", files: files)])
        let sample = try Data(contentsOf: URL(filePath: debian.packageFile("linux-image-6.1").string))
        for bytes in DamagedSamples(of: [Array(sample)], seed: seed, count: 15) {
            let scratch = try TemporaryFolder()
            let (package, folder) = (scratch.path.appending("a.deb"), scratch.path.appending("into"))
            try Data(bytes).write(to: URL(filePath: package.string))
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
            do {
                try await PackageContent.unpack(package, as: .deb, into: folder, address: "a.deb", limit: 1 << 20)
            } catch {
                #expect((error as? CatalogueError).map { [.brokenPackage, .tooLarge].contains($0.code) } == true, "\(error)")
            }
            #expect(Set(try FileManager.default.contentsOfDirectory(atPath: scratch.path.string)) == ["a.deb", "into"])
            #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder.string)).isSubset(of: ["boot", "usr", "lib"]))
        }
    }
}
