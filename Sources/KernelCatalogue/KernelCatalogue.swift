import ArtefactCache
import Foundation
import MatrixModel
import Subprocess
import SystemPackage

/// Debian's kernels: which are on offer, and their files, verified from the archive's signature down to each package.
public struct KernelCatalogue: Sendable {
    public let settings: CatalogueSettings
    private var transfer: Transfer { Transfer(settings: settings) }

    public init(settings: CatalogueSettings) { self.settings = settings }

    /// Looks through every suite. A suite that cannot be read is a warning in the listing; only when none can be read nothing is known.
    /// - Throws: `CatalogueError` (`noMirror`, `badConfiguration`, or the first suite's trouble when all have one), `CancellationError`.
    public func listing(progress: @escaping @Sendable (CatalogueEvent) -> Void = { _ in }) async throws -> KernelListing {
        let mirrors = try Mirrors(settings)
        progress(.readingIndices(suites: settings.suites.count))
        var results: [Int: (SearchedSuite, [CatalogueKernel])] = [:]
        try await withThrowingTaskGroup(of: (Int, SearchedSuite, [CatalogueKernel]).self) { group in
            var waiting = Array(settings.suites.enumerated())[...]
            func startNext() {
                guard let (position, suite) = waiting.popFirst() else { return }
                group.addTask {
                    let (searched, kernels) = try await search(suite, mirrors, progress)
                    return (position, searched, kernels)
                }
            }
            for _ in 0..<4 { startNext() }
            while let (position, searched, kernels) = try await group.next() {
                results[position] = (searched, kernels)
                startNext()
            }
        }
        let ordered = results.sorted { $0.key < $1.key }.map(\.value)
        let searched = ordered.map(\.0)
        let failures = searched.compactMap { if case .failed(let error) = $0.outcome { error } else { nil } }
        // A full disk is this machine's trouble and no suite's: what was not read for it must not look like what nobody offers.
        if let full = failures.first(where: { $0.code == .noSpace }) { throw full }
        let wasRead = searched.contains { if case .read = $0.outcome { true } else { false } }
        if !wasRead { throw failures.first ?? CatalogueError(.nothingThere, subject: mirrors.main, detail: searched.map(\.name).joined(separator: ", ")) }
        return KernelListing(kernels: ordered.flatMap(\.1), searched: searched)
    }

    /// Whether a kernel's files are in the cache.
    public func isCached(_ kernel: CatalogueKernel) -> Bool { settings.cache.existing(kind: Self.kind, key: kernel.cacheKey) != nil }

    /// Fetches a kernel's packages, checks each against the signed index, and unpacks them into the cache; once, whoever asks.
    /// - Throws: `CatalogueError`, `CacheError`, `CancellationError`.
    public func fetch(_ kernel: CatalogueKernel, progress: @escaping @Sendable (CatalogueEvent) -> Void = { _ in }) async throws -> KernelFiles {
        let folder = try await settings.cache.entry(kind: Self.kind, key: kernel.cacheKey) { folder in
            for package in kernel.packages {
                progress(.fetchingPackage(name: package.name, bytes: package.size))
                let file = folder.appending("package.deb")
                try await transfer.fetch(package.address, to: file, size: package.size, sha256: package.sha256)
                let result = try await Tool.run("dpkg-deb", package: "dpkg", arguments: ["--extract", file.string, folder.string])
                guard result.status.isSuccess else { throw result.failure(.brokenPackage, subject: package.address) }
                try FileManager.default.removeItem(atPath: file.string)
            }
            progress(.unpacking(release: kernel.identity.release))
            // Documentation and symbols are of no use here.
            for name in ["usr/share", "boot/System.map-\(kernel.identity.release)"] { try? FileManager.default.removeItem(atPath: folder.appending(name).string) }
            _ = try files(of: kernel, in: folder)
        }
        return try files(of: kernel, in: folder)
    }

    /// Where a distribution's packages come from, as apt's one-line sources, each suite's signature and date checked.
    /// - Returns: The sources, and what is to be known of them.
    /// - Throws: `CatalogueError` when a suite cannot be read or the network may not be used, `CancellationError`.
    public func packageSources(of distribution: Distribution) async throws -> (lines: [String], warnings: [String]) {
        guard !settings.offline else { throw CatalogueError(.offline, subject: "the image of \(distribution.name)") }
        let mirrors = try Mirrors(settings)
        var lines: [String] = []
        var warnings: [String] = []
        for suite in distribution.suites {
            let archive = mirrors.address(of: suite.archive)
            let address = "\(archive)/dists/\(suite.name)/InRelease"
            let release = try await ReleaseFile.load(address, suite: suite, keptIn: settings.cache.root.appending("release"), transfer: transfer)
            // A suite of updates may not be there (any more); the release itself must be.
            guard let release else {
                if suite == distribution.suites.first { throw CatalogueError(.notFound, subject: address) }
                continue
            }
            if let warning = try release.checkFreshness(address, settings: settings) { warnings.append(warning) }
            lines.append("deb \(archive) \(suite.name) main")
        }
        return (lines, warnings)
    }

    private static let kind = "kernel"

    /// Finds image, modules and configuration where the package shapes of the different years have them.
    private func files(of kernel: CatalogueKernel, in folder: FilePath) throws -> KernelFiles {
        let release = kernel.identity.release
        func first(_ names: [String]) -> FilePath? {
            names.map { folder.appending($0) }.first { FileManager.default.fileExists(atPath: $0.string) }
        }
        guard let image = first(["boot/vmlinuz-\(release)", "usr/lib/modules/\(release)/vmlinuz", "lib/modules/\(release)/vmlinuz"]) else {
            throw CatalogueError(.brokenPackage, subject: kernel.packages.first?.address ?? release, detail: "it holds no kernel image of \(release)")
        }
        return KernelFiles(
            identity: kernel.identity, image: image,
            modules: ["usr/lib/modules/\(release)", "lib/modules/\(release)"].map { folder.appending($0) }.first {
                FileManager.default.fileExists(atPath: $0.appending("kernel").string)
            },
            config: first(["boot/config-\(release)", "usr/lib/modules/\(release)/config", "lib/modules/\(release)/config"]),
            packages: kernel.packages.map { FetchedPackage(name: $0.name, version: $0.version, address: $0.address, sha256: $0.sha256, bytes: $0.size) })
    }

    // MARK: - Suites

    private func search(
        _ suite: DebianSuite, _ mirrors: Mirrors, _ progress: @escaping @Sendable (CatalogueEvent) -> Void
    ) async throws -> (SearchedSuite, [CatalogueKernel]) {
        let archive = mirrors.address(of: suite.archive)
        let address = "\(archive)/dists/\(suite.name)"
        func searched(_ outcome: SearchedSuite.Outcome, _ warning: String? = nil) -> SearchedSuite {
            SearchedSuite(name: suite.name, address: address, outcome: outcome, warning: warning)
        }
        do {
            let folder = settings.cache.root.appending("release")
            guard let release = try await ReleaseFile.load("\(address)/InRelease", suite: suite, keptIn: folder, transfer: transfer) else {
                return (searched(.absent), [])
            }
            let warning = try release.checkFreshness("\(address)/InRelease", settings: settings)
            let index = try await index(release, at: address, suite, progress)
            let kernels = KernelPackages.kernels(in: index, suite: suite, archive: archive)
            return (searched(.read(kernels: kernels.count), warning), kernels)
        } catch let error as CatalogueError {
            return (searched(.failed(error)), [])
        }
    }

    /// The suite's kernel packages; read once for each content of the index.
    private func index(
        _ release: ReleaseFile, at address: String, _ suite: DebianSuite, _ progress: @escaping @Sendable (CatalogueEvent) -> Void
    ) async throws -> PackageIndex {
        let path = "main/binary-amd64/Packages.xz"
        guard let entry = release.files[path] else { throw CatalogueError(.malformedIndex, subject: "\(address)/InRelease", detail: "it lists no \(path)") }
        let folder = try await settings.cache.entry(kind: "index", key: entry.sha256) { folder in
            progress(.fetchingIndex(suite: suite.name))
            let packed = folder.appending("Packages.xz")
            do {
                // By its hash first: between reading InRelease and this the mirror may have moved on.
                try await transfer.fetch("\(address)/main/binary-amd64/by-hash/SHA256/\(entry.sha256)", to: packed, size: entry.size, sha256: entry.sha256)
            } catch let error as CatalogueError where error.code == .notFound {
                try await transfer.fetch("\(address)/\(path)", to: packed, size: entry.size, sha256: entry.sha256)
            }
            let result = try await Tool.run("xz", package: "xz-utils", arguments: ["--decompress", packed.string])
            guard result.status.isSuccess else { throw result.failure(.malformedIndex, subject: "\(address)/\(path)") }
            let unpacked = folder.appending("Packages")
            let index = PackageIndex(try Data(contentsOf: URL(filePath: unpacked.string), options: .alwaysMapped))
            try JSONEncoder().encode(index).write(to: URL(filePath: folder.appending("kernels.json").string))
            try FileManager.default.removeItem(atPath: unpacked.string)
        }
        return try JSONDecoder().decode(PackageIndex.self, from: Data(contentsOf: URL(filePath: folder.appending("kernels.json").string)))
    }
}
