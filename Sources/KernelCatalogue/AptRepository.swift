import ArtefactCache
import Digests
import Foundation
import HostTools
import MatrixModel
import SystemPackage

/// Suites in Debian's format: the signed `InRelease` has the hash of `Packages`, which has the hashes of packages
/// (wiki.debian.org/DebianRepository/Format).
struct AptRepository: KernelRepository {
    struct Suite: Sendable {
        let name: String
        /// The folders that hold `dists`, best first.
        let archives: [String]
    }

    let vendor: String
    let suites: [Suite]
    /// How the content of one kernel is split into packages.
    let shape: KernelPackages.Shape
    let signature: @Sendable () async throws -> SignatureVerifier
    let transfer: Transfer
    /// The names of other packages to keep in the index, in addition to kernels.
    var further: Set<String> = []

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

    /// A package with one of the further names, from the first suite that has it, with its archive's address.
    /// - Throws: The error of a suite, if no other suite has the package.
    func furtherPackage(_ name: String) async throws -> (package: PackageIndex.Package, archive: String, suite: String)? {
        var failure: (any Error)?
        for suite in suites {
            for archive in suite.archives {
                let address = "\(archive)/dists/\(suite.name)"
                do {
                    guard let release = try await ReleaseFile.load("\(address)/InRelease", suite: suite.name, signature: signature(), transfer: transfer) else {
                        continue
                    }
                    _ = try release.checkFreshness("\(address)/InRelease", settings: transfer.settings)
                    let index = try await index(release, at: address, suite.name) { _ in }
                    if let package = index.packages.first(where: { $0.name == name }) { return (package, archive, suite.name) }
                } catch let error as CatalogueError {
                    failure = failure ?? error
                }
            }
        }
        if let failure { throw failure }
        return nil
    }

    private func read(
        _ suite: String, _ archive: String, _ progress: @escaping @Sendable (CatalogueEvent) -> Void
    ) async throws -> PartContent? {
        let address = "\(archive)/dists/\(suite)"
        guard let release = try await ReleaseFile.load("\(address)/InRelease", suite: suite, signature: signature(), transfer: transfer) else { return nil }
        let late = try release.checkFreshness("\(address)/InRelease", settings: transfer.settings)
        let index = try await index(release, at: address, suite, progress)
        // A pocket of Debian is empty until a package is added to it.
        let kernels = KernelPackages.kernels(
            in: index, architecture: transfer.settings.architecture, shape: shape, origin: "\(vendor)/\(suite)", archive: archive)
        return PartContent(kernels: kernels, daysLate: late, notes: index.listed == 0 && shape != .debian ? ["its index lists no package at all"] : [])
    }

    /// The suite's kernel packages; parsed once for each content of the index.
    private func index(
        _ release: ReleaseFile, at address: String, _ suite: String, _ progress: @escaping @Sendable (CatalogueEvent) -> Void
    ) async throws -> PackageIndex {
        let binary = "main/binary-\(transfer.settings.architecture.debianName)"
        let plain = "\(binary)/Packages"
        let packed = Packing.allCases.lazy.compactMap { packing in release.files["\(plain).\(packing)"].map { (packing, $0) } }.first
        guard let (packing, entry) = packed else { throw CatalogueError(.malformedIndex, subject: "\(address)/InRelease", detail: "it lists no \(plain).xz") }
        // The cached part depends on the search.
        let key = Transfer.digest(of: ([entry.checksum.hexadecimal] + further.sorted()).joined(separator: "\n"))
        return try await transfer.settings.cache.document(kind: "packages-index", key: key) { folder in
            progress(.fetchingIndex(suite: suite))
            let file = folder.appending("Packages.\(packing)")
            let (name, checksum) = (entry.checksum.algorithm.rawValue.uppercased(), entry.checksum)
            do {
                // By its hash first: the mirror may have changed since `InRelease` was read.
                try await transfer.fetch("\(address)/\(binary)/by-hash/\(name)/\(checksum.hexadecimal)", to: file, size: entry.size, checksum: checksum)
            } catch let error as CatalogueError where error.isAbsence {
                try await transfer.fetch("\(address)/\(plain).\(packing)", to: file, size: entry.size, checksum: checksum)
            }
            let unpacked = folder.appending("Packages")
            try await packing.unpack(file, into: unpacked, limit: release.files[plain]?.size ?? Self.largestIndex, subject: "\(address)/\(plain).\(packing)")
            return PackageIndex(try Data(contentsOf: URL(filePath: unpacked.string), options: .alwaysMapped), further: further)
        }
    }

    /// Several times what the largest suite of Debian has, in bytes.
    private static let largestIndex = 512 << 20
}
