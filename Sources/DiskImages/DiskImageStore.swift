public import ArtefactCache
import Foundation
public import HostTools
import SystemPackage

/// Prebuilt disk images, each fetched, verified and converted once.
public struct DiskImageStore: Sendable {
    public let cache: ArtefactCache
    let download: Download
    private let keys: ImageKeys?
    private var tools: ImageTools { download.tools }

    /// The kinds of its cache entries.
    public static let kinds: Set<String> = [kind, partialKind]
    private static let kind = "disk-image"
    /// Partial downloads, which the next run continues.
    private static let partialKind = "disk-image-partial"
    /// The version of the cache keys: increase it when the same image gives other files.
    private static let format = "2"

    static let disk = "disk.raw"
    static let kernel = "vmlinuz"
    static let modules = "modules"
    static let packages = "packages.tsv"
    private static let record = "system.json"

    /// - Parameters:
    ///   - searchPath: Where tools are searched; nil for the search path of this process.
    ///   - keys: Finds the keys that may sign; nil to use those that the images name.
    public init(cache: ArtefactCache, settings: DownloadSettings = DownloadSettings(), searchPath: String? = nil, keys: ImageKeys? = nil) {
        self.cache = cache
        self.keys = keys
        download = Download(settings: settings, tools: ImageTools(searchPath: searchPath))
    }

    /// Opens the system on an image: fetches, verifies and converts the image, unless it is cached.
    ///
    /// - Parameters:
    ///   - modules: The kernel modules that are needed before the root is mounted, and their dependencies; the module of its file system is
    ///     added.
    ///   - progress: Called with messages for the user.
    /// - Throws: `DiskImageError`, `CacheError`, `CancellationError`.
    public func open(_ source: DiskImageSource, modules wanted: [String], progress: @escaping @Sendable (String) -> Void = { _ in }) async throws
        -> InstalledSystem
    {
        switch source {
        case .file(let path):
            // Checked before the whole file is read, so that other files and unsafe images are rejected at once.
            _ = try DiskForm(of: path)
            progress("reading \(path.lastComponent?.string ?? path.string)")
            let sum = try ImageFile.hash(of: path)
            return try await system(key: sum, wanted, progress) { _ in path }
        case .published(let image):
            let published = try await PublishedChecksum(image: image, download: download, folder: cache.root.appending("checksums"), keys: keys).verified()
            let sum = published.checksum
            let found = try await system(key: sum.hexadecimal, wanted, progress) { _ in
                progress("fetching \(published.address)")
                return try await fetch(published.address, sum)
            }
            // The cache entry has its content now.
            try? FileManager.default.removeItem(atPath: partial(sum).string)
            return found
        }
    }

    private func system(
        key sum: String, _ wanted: [String], _ progress: @Sendable (String) -> Void, file: (FilePath) async throws -> FilePath
    ) async throws -> InstalledSystem {
        let key = ImageFile.hash(of: ([Self.format, sum] + wanted.sorted()).joined(separator: "\n"))
        let folder = try await cache.entry(kind: Self.kind, key: key) { folder in
            let image = try await file(folder)
            progress("converting \(image.lastComponent?.string ?? "the image")")
            try await convert(image, to: folder)
            let record = try await SystemExtraction(folder: folder, wanted: wanted, tools: tools).carryOut()
            try ImageFile.write(Array(try JSONEncoder().encode(record)), to: folder.appending(Self.record))
        }
        let record = try JSONDecoder().decode(InstalledSystem.Record.self, from: Data(contentsOf: URL(filePath: folder.appending(Self.record).string)))
        return InstalledSystem(folder: folder, record: record)
    }

    /// Fetches the image's file and verifies its checksum. Continues a partial download of an earlier run.
    private func fetch(_ address: String, _ sum: Checksum) async throws -> FilePath {
        try ImageFile.makeFolder(partial(sum))
        let file = partial(sum).appending("image")
        let isContinued = FileManager.default.fileExists(atPath: file.string)
        try await download.fetch(address, to: file, limit: QCOW2Header.largestDisk, resumes: true)
        let found = try ImageFile.hash(of: file, sum.algorithm)
        guard found == sum.hexadecimal else {
            try? FileManager.default.removeItem(atPath: file.string)
            // The partial download may be from another server's file.
            if isContinued { return try await fetch(address, sum) }
            throw DiskImageError(.hashMismatch, subject: address, detail: "\(found), where \(sum.hexadecimal) is due")
        }
        return file
    }

    private func partial(_ sum: Checksum) -> FilePath { cache.root.appending(Self.partialKind).appending(sum.hexadecimal) }

    /// The format is always named, and the path is absolute: qemu-img would guess a format, and read a name with a colon as a protocol.
    private func convert(_ image: FilePath, to folder: FilePath) async throws {
        let form = try DiskForm(of: image)
        guard case .packed(let packing) = form else { return try await convert(image, form, to: folder) }
        let unpacked = folder.appending(".unpacked")
        defer { try? FileManager.default.removeItem(atPath: unpacked.string) }
        try await tools.write(
            packing.tool, ["--decompress", "--stdout", "--", image.string], to: unpacked, limit: QCOW2Header.largestDisk, subject: image.string)
        let inner = try DiskForm(of: unpacked)
        if case .packed = inner { throw DiskImageError(.notADisk, subject: image.string, detail: "packed twice") }
        try await convert(unpacked, inner, to: folder)
    }

    private func convert(_ image: FilePath, _ form: DiskForm, to folder: FilePath) async throws {
        // In a truncated file, clusters beyond its end read as zeros. The check detects them. Exit status 3 means only leaked clusters.
        if form == .qcow2 {
            let check = try await tools.run(.qemuImg, ["check", "-q", "-f", "qcow2", image.string])
            guard check.ending == .exited(0) || check.ending == .exited(3) else {
                throw DiskImageError(.damaged, subject: image.string, detail: "qemu-img check: \(check.finding)")
            }
        }
        let conversion = try await tools.run(.qemuImg, ["convert", "-q", "-f", form.driver, "-O", "raw", image.string, Self.disk], in: folder)
        guard conversion.isSuccess else { throw DiskImageError(.damaged, subject: image.string, detail: "qemu-img convert: \(conversion.finding)") }
    }
}

extension ToolOutcome {
    /// The first error in either output.
    fileprivate var finding: String {
        let lines = (stdout + "\n" + stderr).split(separator: "\n").map { String($0.prefix(300)) }
        return lines.first { $0.contains("ERROR") } ?? lines.last ?? "\(ending)"
    }
}
