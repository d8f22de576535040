import ArtefactCache
import Foundation
import MatrixModel
import SystemPackage
import TestSupport

@testable import KernelCatalogue

/// A served repository, and catalogues that look at it and at nothing of this machine.
struct CatalogueFixture {
    let repository: DebianRepository
    let server: LoopbackServer
    let home = try? TemporaryFolder()

    /// Makes a repository, fills and serves it while `body` runs.
    static func with(
        publish: (DebianRepository) async throws -> Void = CatalogueFixture.publishKernels, _ body: (CatalogueFixture) async throws -> Void
    ) async throws {
        let repository = try await DebianRepository()
        try await publish(repository)
        try await LoopbackServer.serving(repository.root) { server in
            try await body(CatalogueFixture(repository: repository, server: server))
        }
    }

    var cache: ArtefactCache { ArtefactCache(root: (home?.path ?? "/nonexistent").appending("cache")) }

    static let suites = [
        DebianSuite(name: "bookworm", archive: .main), DebianSuite(name: "bookworm-security", archive: .security),
        DebianSuite(name: "trixie-backports", archive: .main),
    ]

    func catalogue(
        suites: [DebianSuite] = CatalogueFixture.suites, mirror: String? = nil, keyring: FilePath? = nil,
        change: (inout CatalogueSettings) -> Void = { _ in }
    ) -> KernelCatalogue {
        var settings = CatalogueSettings(
            cache: cache, mirrors: ["debian": mirror ?? server.address + "/debian"], environment: ["HOME": home?.path.string ?? "/nonexistent"],
            aptFolder: "/nonexistent", keyrings: [keyring ?? repository.keyring], suites: suites, stallTimeout: 1, retries: 0)
        change(&settings)
        return KernelCatalogue(settings: settings)
    }

    /// What is in the cache, below the folder of each kind.
    func cached(_ kind: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: cache.root.appending(kind).string)) ?? []
        return names.filter { !$0.hasSuffix(".lock") }.sorted()
    }

    // MARK: - Packages

    /// One package with everything, as Debian builds up to 6.18.
    static func whole(_ release: String, _ version: String) -> DebianRepository.Package {
        DebianRepository.Package(
            name: "linux-image-\(release)", version: version,
            files: [
                "boot/vmlinuz-\(release)": image(release), "boot/config-\(release)": Array("CONFIG_BPF=y\n".utf8),
                "lib/modules/\(release)/kernel/net/some.ko": Array("module".utf8),
            ])
    }

    /// The packages of a kernel whose content is spread.
    static func split(_ release: String, _ version: String) -> [DebianRepository.Package] {
        let folder = "usr/lib/modules/\(release)"
        return [
            DebianRepository.Package(name: "linux-image-\(release)", version: version, files: ["usr/share/doc/readme": [1]]),
            DebianRepository.Package(name: "linux-base-\(release)", version: version, files: ["\(folder)/config": Array("CONFIG_BPF=y\n".utf8)]),
            DebianRepository.Package(name: "linux-binary-\(release)", version: version, files: ["\(folder)/vmlinuz": image(release)]),
            DebianRepository.Package(name: "linux-modules-\(release)", version: version, files: ["\(folder)/kernel/some.ko": Array("module".utf8)]),
        ]
    }

    /// As large as what tells a package with a kernel from one that only depends on it.
    static func image(_ release: String) -> [UInt8] { Array("kernel \(release)".utf8) + [UInt8](repeating: 0, count: 1_100_000) }

    static func publishKernels(_ repository: DebianRepository) async throws {
        try await repository.publish(
            "bookworm",
            packages: [
                whole("6.1.0-9-cloud-amd64", "6.1.27-1"), whole("6.1.0-10-cloud-amd64", "6.1.37-1"), whole("6.1.0-10-rt-amd64", "6.1.37-1"),
                whole("6.1.0-10-cloud-amd64-dbg", "6.1.37-1"), whole("6.1.0-10-cloud-amd64-unsigned", "6.1.37-1"),
                DebianRepository.Package(name: "linux-image-6.1-cloud-amd64", version: "6.1.37-1", files: ["usr/share/doc/readme": [1]]),
                DebianRepository.Package(name: "linux-image-cloud-amd64", version: "6.1.37-1", files: ["usr/share/doc/readme": [1]]),
            ])
        try await repository.publish(
            "bookworm-security", archive: "debian-security",
            packages: [whole("5.10.0-46-cloud-amd64", "5.10.259-1"), whole("6.1.0-10-cloud-amd64", "6.1.37-1")])
        try await repository.publish(
            "trixie-backports", packages: split("7.3.4+deb13-cloud-amd64", "7.3.4-1~bpo13+1") + [whole("5.9.0-1-cloud-amd64", "5.9.1-1")])
    }
}
