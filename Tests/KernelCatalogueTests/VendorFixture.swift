import ArtefactCache
import Foundation
import MatrixModel
import SystemPackage
import TestSupport

@testable import KernelCatalogue

/// Served repositories of other distributions, and catalogues that know them and whatever Debian has.
struct VendorFixture {
    let server: LoopbackServer
    let home: TemporaryFolder
    let debian: DebianRepository
    let distributions: DistributionCatalogue
    var keyrings: [String: FilePath]

    var cache: ArtefactCache { ArtefactCache(root: home.path.appending("cache")) }

    func catalogue(change: (inout CatalogueSettings) -> Void = { _ in }) -> KernelCatalogue {
        var settings = CatalogueSettings(
            cache: cache, distributions: distributions, mirrors: ["debian": server.address + "/debian"], environment: ["HOME": home.path.string],
            aptFolder: "/nonexistent", keyrings: [debian.keyring], vendorKeyrings: keyrings, suites: [DebianSuite(name: "bookworm", archive: .main)],
            stallTimeout: 1, retries: 0, pause: .milliseconds(1))
        change(&settings)
        return KernelCatalogue(settings: settings)
    }

    func listing(_ selectors: String..., change: (inout CatalogueSettings) -> Void = { _ in }) async throws -> KernelListing {
        try await catalogue(change: change).listing(for: selectors.map { try KernelSelector(parsing: $0) })
    }

    /// Every cached entry and kept file below a kind.
    func cached(_ kind: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: cache.root.appending(kind).string)) ?? []).filter { !$0.hasSuffix(".lock") }
    }

    /// Serves a Debian with 6.1, beside what `publish` puts below `ubuntu/`.
    /// - Parameter keys: A file that is said to have the vendor's key, whose fingerprint is all zeros.
    static func withUbuntu(
        keys: FilePath? = nil, publish: (DebianRepository) async throws -> Void = publishUbuntu, _ body: (VendorFixture) async throws -> Void
    ) async throws {
        let debian = try await DebianRepository()
        try await debian.publish("bookworm", packages: [CatalogueFixture.whole("6.1.0-9-cloud-amd64", "6.1.27-1")])
        try await publish(debian)
        try await LoopbackServer.serving(debian.root) { server in
            let distributions = try DistributionCatalogue(
                parsing: """
                    keys:
                      wanted: { title: Wanted, fingerprint: "\(String(repeating: "0", count: 40))", package: some-keyring, file: \(keys ?? "/nonexistent") }
                    distributions:
                      ubuntu-22.04:
                        title: Ubuntu
                        repository: { kind: apt, name: ubuntu, title: Ubuntu, addresses: ["\(server.address)/ubuntu"], suites: [jammy, jammy-updates], \
                        shape: ubuntu\(keys == nil ? "" : ", keys: [wanted]") }
                        kernel: { flavour: azure, offers: ["5.15", "6.8"] }
                    """, source: "test.yml")
            try await body(
                VendorFixture(server: server, home: TemporaryFolder(), debian: debian, distributions: distributions, keyrings: ["ubuntu": debian.keyring]))
        }
    }

    /// The packages of a kernel as Ubuntu cuts them.
    static func ubuntu(_ release: String, _ version: String, isSigned: Bool = true) -> [DebianRepository.Package] {
        [
            DebianRepository.Package(
                name: "linux-image-\(isSigned ? "" : "unsigned-")\(release)", version: version,
                files: ["boot/vmlinuz-\(release)": Array("kernel \(release)".utf8)]),
            DebianRepository.Package(
                name: "linux-modules-\(release)", version: version,
                files: [
                    "lib/modules/\(release)/kernel/net/some.ko": Array("module".utf8), "boot/config-\(release)": Array("CONFIG_BPF=y\n".utf8),
                    "boot/System.map-\(release)": [1],
                ]),
        ]
    }

    static func publishUbuntu(_ repository: DebianRepository) async throws {
        try await repository.publishWithAptTools(
            "jammy", archive: "ubuntu",
            packages: ubuntu("5.15.0-1003-azure", "5.15.0-1003.4") + ubuntu("5.15.0-25-generic", "5.15.0-25.25") + [
                DebianRepository.Package(name: "linux-image-azure", version: "5.15.0.1003.4", files: ["usr/share/doc/readme": [1]])
            ])
        try await repository.publishWithAptTools(
            "jammy-updates", archive: "ubuntu",
            packages: ubuntu("5.15.0-1057-azure", "5.15.0-1057.65", isSigned: false) + ubuntu("6.8.0-40-generic", "6.8.0-40.40~22.04.3"))
    }

    /// Serves rpm repositories below `tree/`, whose distribution's entry says `signed` and what more is given.
    static func withRpm(
        signed: String = "index", folder: String = "os", address: String? = nil, subscription: String? = nil, publish: (RpmArchive) async throws -> Void,
        _ body: (VendorFixture, RpmArchive) async throws -> Void
    ) async throws {
        let debian = try await DebianRepository()
        let archive = try await RpmArchive()
        try await publish(archive)
        try await LoopbackServer.serving(archive.root) { server in
            let distributions = try DistributionCatalogue(
                parsing: """
                    distributions:
                      rocky-9:
                        title: Rocky
                        repository: { kind: rpm, name: rocky, addresses: ["\(address ?? server.address)"], folders: { BaseOS: \(folder) }, signed: \
                        \(signed)\(subscription.map { ", subscription: \"\($0)\"" } ?? "") }
                        kernel: { flavour: el, offers: ["5.14"], packages: { el: [kernel-core, kernel-modules-core, kernel-modules] } }
                    """, source: "test.yml")
            try await body(
                VendorFixture(server: server, home: TemporaryFolder(), debian: debian, distributions: distributions, keyrings: ["rocky": archive.keyring]),
                archive)
        }
    }

    /// The packages of a kernel as those who rebuild Red Hat's cut them.
    static func rpm(_ version: String, _ release: String) -> [RpmArchive.Package] {
        let uname = "\(version)-\(release).x86_64"
        let folder = "lib/modules/\(uname)"
        return [
            RpmArchive.Package(
                name: "kernel-core", version: version, release: release, provides: ["kernel-uname-r = \(uname)"],
                files: ["\(folder)/vmlinuz": Array("kernel \(uname)".utf8), "\(folder)/config": Array("CONFIG_BPF=y\n".utf8)]),
            RpmArchive.Package(name: "kernel-modules", version: version, release: release, files: ["\(folder)/kernel/net/some.ko": Array("module".utf8)]),
        ]
    }
}
