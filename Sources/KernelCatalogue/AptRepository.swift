import ArtefactCache
import Foundation
import SystemPackage

/// Suites in Debian's format: a signed `InRelease` vouches for `Packages`, and that for packages (wiki.debian.org/DebianRepository/Format).
struct AptRepository: KernelRepository {
    struct Suite: Sendable {
        let name: String
        /// The folders that hold `dists`, best first.
        let archives: [String]
    }

    let vendor: String
    let suites: [Suite]
    /// How the packages of one kernel are cut.
    let shape: KernelPackages.Shape
    let signature: @Sendable () async throws -> Signature
    let transfer: Transfer

    func search(_ progress: @escaping @Sendable (CatalogueEvent) -> Void) async throws -> [(SearchedSuite, [CatalogueKernel])] {
        try await inTurn(suites) { suite in
            let name = shape == .debian ? suite.name : "\(vendor)/\(suite.name)"
            return try await firstWorking(suite.archives, part: name, place: "dists/\(suite.name)") { archive in
                try await read(suite.name, archive, progress)
            }
        }
    }

    func unpack(_ package: CatalogueKernel.Source, _ file: FilePath, into folder: FilePath) async throws {
        try await PackageContent.unpack(file, as: .deb, into: folder, address: package.address)
    }

    private func read(
        _ suite: String, _ archive: String, _ progress: @escaping @Sendable (CatalogueEvent) -> Void
    ) async throws -> PartContent? {
        let address = "\(archive)/dists/\(suite)"
        guard let release = try await ReleaseFile.load("\(address)/InRelease", suite: suite, signature: signature(), transfer: transfer) else { return nil }
        let warning = try release.checkFreshness("\(address)/InRelease", settings: transfer.settings)
        let index = try await index(release, at: address, suite, progress)
        return PartContent(kernels: KernelPackages.kernels(in: index, shape: shape, origin: "\(vendor)/\(suite)", archive: archive), warning: warning)
    }

    /// The suite's kernel packages; read once for each content of the index.
    private func index(
        _ release: ReleaseFile, at address: String, _ suite: String, _ progress: @escaping @Sendable (CatalogueEvent) -> Void
    ) async throws -> PackageIndex {
        let plain = "main/binary-amd64/Packages"
        let packed = Packing.allCases.lazy.compactMap { packing in release.files["\(plain).\(packing)"].map { (packing, $0) } }.first
        guard let (packing, entry) = packed else { throw CatalogueError(.malformedIndex, subject: "\(address)/InRelease", detail: "it lists no \(plain).xz") }
        return try await transfer.settings.cache.document(kind: "packages-index", key: entry.sha256) { folder in
            progress(.fetchingIndex(suite: suite))
            let file = folder.appending("Packages.\(packing)")
            do {
                // By its hash first: between reading InRelease and this the mirror may have moved on.
                try await transfer.fetch("\(address)/main/binary-amd64/by-hash/SHA256/\(entry.sha256)", to: file, size: entry.size, sha256: entry.sha256)
            } catch let error as CatalogueError where error.code == .notFound {
                try await transfer.fetch("\(address)/\(plain).\(packing)", to: file, size: entry.size, sha256: entry.sha256)
            }
            let unpacked = folder.appending("Packages")
            try await packing.unpack(file, into: unpacked, limit: release.files[plain]?.size ?? Self.largestIndex, subject: "\(address)/\(plain).\(packing)")
            return PackageIndex(try Data(contentsOf: URL(filePath: unpacked.string), options: .alwaysMapped))
        }
    }

    /// Several times what the largest suite of Debian has, in bytes.
    private static let largestIndex = 512 << 20
}
