import ArtefactCache
import Foundation
import HostTools
import MatrixModel
import SystemPackage

/// Folders of rpm packages. `repomd.xml` has the hash of `primary.xml`, which has the hashes of packages. A detached signature protects
/// `repomd.xml`. If the vendor does not sign it, each package must have its own signature.
struct RpmRepository: KernelRepository {
    let vendor: String
    let folders: [DistributionRepository.Folder]
    /// The addresses of the vendor's tree, best first.
    let addresses: [String]
    /// The vendor's own addresses when a mirror replaces them: references to those are moved to the mirror.
    let mirrored: [String]
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
                guard folder.path.hasSuffix("/mirror.list") else { return try await read("\(address)/\(folder.path)", within: address, part: part, progress) }
                return try await readListed(at: "\(address)/\(folder.path)", root: address, part: part, progress)
            }
        }
    }

    // MARK: - Lists of mirrors

    /// The repository at the first address of a mirror list that has it. The list itself is not trusted: the repository's signatures are
    /// checked.
    private func readListed(
        at list: String, root: String, part: String, _ progress: @escaping @Sendable (CatalogueEvent) -> Void
    ) async throws -> PartContent? {
        var failure: CatalogueError?
        let listed = try await listed(at: list, root: root)
        for place in listed {
            do {
                if let content = try await read(place.address, within: place.root, part: part, progress) { return content }
            } catch let error as CatalogueError where error.isOfTheWay || error.isAbsence {
                failure = failure ?? error
            }
        }
        throw failure ?? CatalogueError(.notFound, subject: "\(listed.first?.address ?? list)/repodata/repomd.xml")
    }

    /// The addresses of a list, each with the root of its publisher's tree.
    private func listed(at list: String, root: String) async throws -> [(address: String, root: String)] {
        let kept = try cachePath(of: list, "mirrors")
        if !transfer.settings.offline { try await transfer.fetch(list, to: kept, limit: 64 << 10) }
        guard let text = try? String(contentsOfFile: kept.string, encoding: .utf8) else { throw CatalogueError(.offline, subject: list) }
        let places = text.split(whereSeparator: \.isNewline).prefix(20).compactMap { line -> (address: String, root: String)? in
            var address = line.trimmingCharacters(in: .whitespaces).replacing("$basearch", with: transfer.settings.architecture.machine)
            while address.hasSuffix("/") { address.removeLast() }
            guard address.hasPrefix("http://") || address.hasPrefix("https://"), let origin = Self.origin(of: address) else { return nil }
            // A mirror contains what the list names at the vendor's addresses.
            if !mirrored.isEmpty {
                let below = mirrored.first { address.hasPrefix($0 + "/") }.map { address.dropFirst($0.count) } ?? address.dropFirst(origin.count)
                return RelativeLocation.resolve(String(below.dropFirst()), against: root, within: root).map { ($0, root) }
            }
            return (address, address.hasPrefix(root + "/") ? root : origin)
        }
        guard !places.isEmpty else { throw CatalogueError(.malformedIndex, subject: list, detail: "it lists no address") }
        return places
    }

    /// `https://host` of an address below it.
    private static func origin(of address: String) -> String? {
        guard let scheme = address.firstRange(of: "://") else { return nil }
        let host = address[scheme.upperBound...].prefix { $0 != "/" }
        return host.isEmpty ? nil : String(address[..<scheme.upperBound] + host)
    }

    /// The cached copy of a small file, for runs without network.
    private func cachePath(of address: String, _ ending: String) throws -> FilePath {
        let folder = transfer.settings.cache.root.appending("release")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        return folder.appending("\(Transfer.digest(of: address)).\(ending)")
    }

    // MARK: - Indices

    private func read(_ address: String, within root: String, part: String, _ progress: @escaping @Sendable (CatalogueEvent) -> Void) async throws
        -> PartContent?
    {
        guard let metadata = try await metadata(at: "\(address)/repodata/repomd.xml") else { return nil }
        let index = try await index(metadata, at: address, within: root, part: part, progress)
        let (kernels, outside) = kernels(in: index, origin: part, address: address, within: root)
        var notes = index.listed == 0 ? ["its index lists no package at all"] : []
        if let first = index.unusable.first { notes.append("\(index.unusable.count) packages cannot be used (\(first))") }
        if let first = outside.first { notes.append("\(outside.count) packages lie outside of the vendor's addresses and are refused (\(first))") }
        return PartContent(kernels: kernels, daysLate: nil, notes: notes)
    }

    /// - Returns: Nil when there is no such repository.
    private func metadata(at address: String) async throws -> RepositoryMetadata? {
        // Without the vendor's keys its repository is not used at all.
        let keyring = try await keyring()
        let kept = try cachePath(of: address, "repomd")
        let keptSignature = FilePath(kept.string + ".asc")
        let fresh = FilePath(kept.string + ".\(getpid()).\(UUID().uuidString)")
        let signature = FilePath(fresh.string + ".asc")
        defer { for file in [fresh, signature] { unlink(file.string) } }
        if transfer.settings.offline {
            guard (try? FileManager.default.copyItem(atPath: kept.string, toPath: fresh.string)) != nil else {
                throw CatalogueError(.offline, subject: address)
            }
            // The cache is checked like the network: other processes may write to it.
            if signed == .index, (try? FileManager.default.copyItem(atPath: keptSignature.string, toPath: signature.string)) == nil {
                throw CatalogueError(.offline, subject: "\(address).asc")
            }
        } else {
            do {
                try await transfer.fetch(address, to: fresh, limit: Self.largestMetadata)
            } catch let error as CatalogueError where error.code == .notFound {
                return nil
            }
            if signed == .index {
                do {
                    try await transfer.fetch("\(address).asc", to: signature, limit: Self.largestMetadata)
                } catch let error as CatalogueError where error.isAbsence {
                    throw CatalogueError(.badSignature, subject: address, detail: "there is no \(address).asc")
                }
            }
        }
        if signed == .index { try await CatalogueError.signed(address) { try await keyring.verifier.check(fresh, against: signature) } }
        let metadata = try RepositoryMetadata(parsing: String(decoding: Data(contentsOf: URL(filePath: fresh.string)), as: UTF8.self), address: address)
        // Cached only after the check, and replaced as a whole.
        if !transfer.settings.offline {
            rename(fresh.string, kept.string)
            rename(signature.string, keptSignature.string)
        }
        return metadata
    }

    private func index(
        _ metadata: RepositoryMetadata, at address: String, within root: String, part: String, _ progress: @escaping @Sendable (CatalogueEvent) -> Void
    ) async throws -> RpmIndex {
        guard let source = RelativeLocation.resolve(metadata.location, base: moved(metadata.base, root), against: address, within: root) else {
            throw CatalogueError(
                .malformedIndex, subject: "\(address)/repodata/repomd.xml",
                detail: "its primary index '\(metadata.location.prefix(200))' lies outside of the vendor's addresses")
        }
        guard let packing = Packing(metadata.location) else {
            throw CatalogueError(
                .malformedIndex, subject: source, detail: "it is packed in none of the ways \(Packing.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let names = Set(packages.values.flatMap { $0.flatMap(\.self) })
        // The cached part depends on the search.
        let key = Transfer.digest(
            of: ([Self.format, transfer.settings.architecture.machine, metadata.checksum.hexadecimal] + names.sorted()).joined(separator: "\n"))
        return try await transfer.settings.cache.document(kind: "rpm-index", key: key) { folder in
            progress(.fetchingIndex(suite: part))
            let packed = folder.appending("primary.xml.\(packing)")
            try await transfer.fetch(source, to: packed, size: metadata.size, checksum: metadata.checksum)
            let unpacked = folder.appending("primary.xml")
            let limit = min(metadata.unpackedSize ?? Self.largestIndex, Self.largestIndex)
            try await packing.unpack(packed, into: unpacked, limit: limit, subject: source)
            let content = try Data(contentsOf: URL(filePath: unpacked.string), options: .alwaysMapped)
            do {
                return try RpmIndex(content, names: names, architecture: transfer.settings.architecture)
            } catch let error as XMLElement.Malformed {
                throw CatalogueError(.malformedIndex, subject: source, detail: error.reason)
            }
        }
    }

    /// An `xml:base`, translated to the vendor's mirror.
    private func moved(_ base: String?, _ root: String) -> String? {
        guard let base, let own = mirrored.first(where: { base == $0 || base.hasPrefix($0 + "/") }) else { return base }
        return root + base.dropFirst(own.count)
    }

    /// The format version of a cached index: increase it when the format changes.
    private static let format = "2"
    private static let largestMetadata = 4 << 20
    /// Several times the size of the largest index of these repositories, in bytes.
    private static let largestIndex = 2 << 30

    // MARK: - Kernels

    /// The kernels, and the locations of packages that are refused.
    private func kernels(in index: RpmIndex, origin: String, address: String, within root: String) -> (kernels: [CatalogueKernel], outside: [String]) {
        let byName = Dictionary(grouping: index.packages, by: \.name)
        let cuts = packages.flatMap { flavour, cuts in cuts.map { (flavour, $0) } }
        var outside: [String] = []
        let kernels = cuts.flatMap { flavour, names -> [CatalogueKernel] in
            guard let flavour = try? KernelFlavour(parsing: flavour), let first = names.first else { return [] }
            return (byName[first] ?? []).filter(\.isKernel).compactMap { image in
                let release =
                    image.kernelRelease
                    ?? uname.release(version: image.version, release: image.release, flavour: flavour.name, architecture: transfer.settings.architecture)
                guard let version = try? KernelVersion(parsing: "\(image.version)-\(image.release)"), (try? KernelVersion(parsing: release)) != nil else {
                    return nil
                }
                let parts = names.dropFirst().compactMap { name in
                    byName[name]?.first { $0.epoch == image.epoch && $0.version == image.version && $0.release == image.release }
                }
                var sources: [CatalogueKernel.Source] = []
                for package in [image] + parts {
                    guard let place = RelativeLocation.resolve(package.location, base: moved(package.base, root), against: address, within: root) else {
                        outside.append(String(package.location.prefix(200)))
                        return nil
                    }
                    sources.append(
                        CatalogueKernel.Source(
                            name: package.name, version: "\(package.version)-\(package.release)", address: place, size: package.size, checksum: package.checksum
                        ))
                }
                return CatalogueKernel(
                    identity: KernelIdentity(version: version, flavour: flavour, release: release, origin: origin), packages: sources,
                    lacksModules: names.count > 1 && parts.isEmpty)
            }
        }
        return (kernels, outside)
    }

    // MARK: - Packages

    func unpack(_ package: CatalogueKernel.Source, _ file: FilePath, into folder: FilePath) async throws {
        if signed == .packages {
            do {
                try await checkSignature(of: file, package)
            } catch let error as HostToolError {
                throw CatalogueError(error, subject: package.address, failure: .badSignature)
            }
        }
        try await PackageContent.unpack(file, as: .rpm, into: folder, address: package.address)
    }

    /// The hash came from an unsigned index. Only the package's own signature proves its origin, and only its own header proves which package it
    /// is.
    private func checkSignature(of file: FilePath, _ package: CatalogueKernel.Source) async throws {
        let tools = ToolLauncher()
        let database = ["--dbpath", try await keyring().database.string]
        let check = try await tools.run(
            .rpmkeys, database + ["--define", "_pkgverify_level all", "--define", "_pkgverify_flags 0", "--checksig", "--verbose", file.string])
        guard check.isSuccess else { throw CatalogueError(.badSignature, subject: package.address, detail: Self.complaint(check.stdout)) }
        let query = try await tools.run(.rpm, database + ["--query", "--queryformat", "%{NAME} %{VERSION}-%{RELEASE}", "--package", file.string])
        guard query.isSuccess, query.stdout == "\(package.name) \(package.version)" else {
            throw CatalogueError(
                .badSignature, subject: package.address,
                detail: "it is the package '\(query.stdout.prefix(200))' instead of '\(package.name) \(package.version)'")
        }
    }

    /// rpmkeys's output for a package that fails: the lines that are not OK, or a plain sentence if there is no signature.
    private static func complaint(_ listing: String) -> String {
        let lines = listing.split(separator: "\n").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
        let signatures = lines.filter { $0.lowercased().contains("signature") }
        if signatures.isEmpty || signatures.allSatisfy({ $0.hasSuffix("NOTFOUND") }) { return "it is not signed" }
        let wrong = lines.filter { !$0.hasSuffix(": OK") && !$0.hasSuffix("NOTFOUND") }
        if let stranger = wrong.first(where: { $0.hasSuffix("NOKEY") }) {
            return "it is signed by a key that does not count for it (\(stranger.dropLast(": NOKEY".count)))"
        }
        return wrong.isEmpty ? "it is not signed" : wrong.joined(separator: "; ")
    }
}
