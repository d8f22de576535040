import ArtefactCache
import Foundation
import MatrixModel
import Subprocess
import SystemPackage

/// Folders of rpm packages: `repomd.xml` vouches for `primary.xml`, and that for packages. Who vouches for `repomd.xml` is its detached
/// signature or, where its maker does not sign it, nobody: then each package must bear a signature of its own.
struct RpmRepository: KernelRepository {
    let vendor: String
    let folders: [DistributionRepository.Folder]
    /// Where the vendor's tree is, best first.
    let addresses: [String]
    /// By flavour, the lists of packages that hold a kernel, the image's first.
    let packages: [String: [[String]]]
    let uname: Distribution.Kernel.UnameForm
    let signed: DistributionRepository.SignedPart
    let keyring: @Sendable () async throws -> VendorKeyring
    let transfer: Transfer

    func search(_ progress: @escaping @Sendable (CatalogueEvent) -> Void) async throws -> [(SearchedSuite, [CatalogueKernel])] {
        try await inTurn(folders) { folder in
            let part = "\(vendor)/\(folder.name)"
            return try await firstWorking(addresses, part: part, place: folder.path) { address in
                guard folder.path.hasSuffix("/mirror.list") else { return try await read("\(address)/\(folder.path)", part: part, progress) }
                return try await read(listed(at: "\(address)/\(folder.path)"), part: part, progress)
            }
        }
    }

    /// The first address of a list of them. Whoever wrote the list is believed nothing more: what is there has signatures of its own.
    private func listed(at address: String) async throws -> String {
        let kept = try cachePath(of: address, "mirrors")
        if !transfer.settings.offline { try await transfer.fetch(address, to: kept, limit: 64 << 10) }
        guard let text = try? String(contentsOfFile: kept.string, encoding: .utf8) else { throw CatalogueError(.offline, subject: address) }
        let mirrors = text.split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("http://") || $0.hasPrefix("https://") }
        guard let first = mirrors.first else { throw CatalogueError(.malformedIndex, subject: address, detail: "it lists no address") }
        let place = String(first).replacing("$basearch", with: "x86_64")
        return place.hasSuffix("/") ? String(place.dropLast()) : place
    }

    /// Where a small file is kept between runs, for those that may not use the network.
    private func cachePath(of address: String, _ ending: String) throws -> FilePath {
        let folder = transfer.settings.cache.root.appending("release")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        return folder.appending("\(Transfer.sha256(of: address)).\(ending)")
    }

    private func read(_ address: String, part: String, _ progress: @escaping @Sendable (CatalogueEvent) -> Void) async throws -> PartContent? {
        guard let metadata = try await metadata(at: "\(address)/repodata/repomd.xml") else { return nil }
        let index = try await index(metadata, at: address, part: part, progress)
        return PartContent(kernels: kernels(in: index, origin: part, address: address), warning: nil)
    }

    /// - Returns: Nil when there is no such repository.
    private func metadata(at address: String) async throws -> RepositoryMetadata? {
        // Whoever's keys are not known is not asked at all.
        let keyring = try await keyring()
        let kept = try cachePath(of: address, "repomd")
        if transfer.settings.offline {
            guard let text = try? String(contentsOfFile: kept.string, encoding: .utf8) else { throw CatalogueError(.offline, subject: address) }
            return try RepositoryMetadata(parsing: text, address: address)
        }
        let fresh = FilePath(kept.string + ".\(getpid()).\(UUID().uuidString)")
        let signature = FilePath(fresh.string + ".asc")
        defer { for file in [fresh, signature] { unlink(file.string) } }
        do {
            try await transfer.fetch(address, to: fresh, limit: Self.largestMetadata)
        } catch let error as CatalogueError where error.code == .notFound {
            return nil
        }
        if signed == .index {
            do {
                try await transfer.fetch("\(address).asc", to: signature, limit: Self.largestMetadata)
            } catch let error as CatalogueError where error.code == .notFound {
                throw CatalogueError(.badSignature, subject: address, detail: "there is no \(address).asc")
            }
            try await keyring.signature.check(fresh, against: signature, address: address)
        }
        let metadata = try RepositoryMetadata(parsing: String(decoding: Data(contentsOf: URL(filePath: fresh.string)), as: UTF8.self), address: address)
        // Kept only once it is known to be good, and replaced as a whole.
        rename(fresh.string, kept.string)
        return metadata
    }

    private func index(
        _ metadata: RepositoryMetadata, at address: String, part: String, _ progress: @escaping @Sendable (CatalogueEvent) -> Void
    ) async throws -> RpmIndex {
        let source = "\(address)/\(metadata.path)"
        guard let packing = Packing(metadata.path) else {
            throw CatalogueError(.malformedIndex, subject: source, detail: "it is packed in none of the ways \(Packing.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let names = Set(packages.values.flatMap { $0.flatMap(\.self) })
        // What is kept of it depends on what was looked for.
        let key = Transfer.sha256(of: ([metadata.sha256] + names.sorted()).joined(separator: "\n"))
        return try await transfer.settings.cache.document(kind: "rpm-index", key: key) { folder in
            progress(.fetchingIndex(suite: part))
            let packed = folder.appending("primary.xml.\(packing)")
            try await transfer.fetch(source, to: packed, size: metadata.size, sha256: metadata.sha256)
            let unpacked = folder.appending("primary.xml")
            let limit = min(metadata.unpackedSize ?? Self.largestIndex, Self.largestIndex)
            try await packing.unpack(packed, into: unpacked, limit: limit, subject: source)
            let content = try Data(contentsOf: URL(filePath: unpacked.string), options: .alwaysMapped)
            do {
                return try RpmIndex(content, names: names)
            } catch let error as XMLElement.Malformed {
                throw CatalogueError(.malformedIndex, subject: source, detail: error.reason)
            }
        }
    }

    private static let largestMetadata = 4 << 20
    /// Several times what the largest of these repositories has, in bytes.
    private static let largestIndex = 2 << 30

    // MARK: - Kernels

    private func kernels(in index: RpmIndex, origin: String, address: String) -> [CatalogueKernel] {
        let byName = Dictionary(grouping: index.packages, by: \.name)
        let cuts = packages.flatMap { flavour, cuts in cuts.map { (flavour, $0) } }
        return cuts.flatMap { flavour, names -> [CatalogueKernel] in
            guard let flavour = try? KernelFlavour(parsing: flavour), let first = names.first else { return [] }
            return (byName[first] ?? []).compactMap { image in
                let release = image.kernelRelease ?? uname.release(version: image.version, release: image.release, flavour: flavour.name)
                guard let version = try? KernelVersion(parsing: "\(image.version)-\(image.release)"), (try? KernelVersion(parsing: release)) != nil else { return nil }
                let parts = names.dropFirst().compactMap { name in
                    byName[name]?.first { $0.epoch == image.epoch && $0.version == image.version && $0.release == image.release }
                }
                return CatalogueKernel(
                    identity: KernelIdentity(version: version, flavour: flavour, release: release, origin: origin),
                    packages: ([image] + parts).map {
                        CatalogueKernel.Source(name: $0.name, version: "\($0.version)-\($0.release)", address: "\(address)/\($0.path)", size: $0.size, sha256: $0.sha256)
                    },
                    lacksModules: names.count > 1 && parts.isEmpty)
            }
        }
    }

    // MARK: - Packages

    func unpack(_ package: CatalogueKernel.Source, _ file: FilePath, into folder: FilePath) async throws {
        if signed == .packages { try await checkSignature(of: file, package) }
        try await PackageContent.unpack(file, as: .rpm, into: folder, address: package.address)
    }

    /// Its hash came from an index that nobody signed: only the package's own signature says whose it is, and only what it says itself
    /// which package it is.
    private func checkSignature(of file: FilePath, _ package: CatalogueKernel.Source) async throws {
        let database = ["--dbpath", try await keyring().database.string]
        let check = try await Tool.run(
            "rpmkeys", package: "rpm", arguments: database + ["--define", "_pkgverify_level all", "--define", "_pkgverify_flags 0", "--checksig", "--verbose", file.string])
        guard check.status.isSuccess else {
            let telling = check.stdout.split(separator: "\n").dropFirst().filter { !$0.hasSuffix(": OK") }.map { $0.drop(while: \.isWhitespace) }
            throw CatalogueError(.badSignature, subject: package.address, detail: telling.isEmpty ? "it is not signed" : telling.joined(separator: "; "))
        }
        let query = try await Tool.run(
            "rpm", package: "rpm", arguments: database + ["--query", "--queryformat", "%{NAME} %{VERSION}-%{RELEASE}", "--package", file.string])
        guard query.status.isSuccess, query.stdout == "\(package.name) \(package.version)" else {
            throw CatalogueError(.badSignature, subject: package.address, detail: "it is a package '\(query.stdout.prefix(200))', where '\(package.name) \(package.version)' is due")
        }
    }
}
