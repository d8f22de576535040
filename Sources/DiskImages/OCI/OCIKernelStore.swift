public import ArtefactCache
import Foundation
public import HostTools
import Archives
public import MatrixModel
public import SystemPackage

/// Kernels from OCI images, as projects publish the kernels of their own CI; each fetched, verified and extracted once.
public struct OCIKernelStore: Sendable {
    public let cache: ArtefactCache
    /// The architecture to select from images for several architectures.
    public let architecture: Architecture
    private let download: Download

    /// The kinds of its cache entries.
    public static let kinds: Set<String> = [kind, partialKind]
    private static let kind = "oci-kernel"
    /// Partial downloads, which the next run continues.
    private static let partialKind = "oci-partial"
    /// The version of the cache keys: increase it when the same image gives other files.
    private static let format = "1"

    private static let largestLayer = 4 << 30
    private static let largestKernel = 512 << 20
    private static let largestModule = 64 << 20

    public init(cache: ArtefactCache, settings: DownloadSettings = DownloadSettings(), architecture: Architecture = .host) {
        self.init(cache: cache, architecture: architecture, download: Download(settings: settings))
    }

    private init(cache: ArtefactCache, architecture: Architecture, download: Download) {
        (self.cache, self.architecture, self.download) = (cache, architecture, download)
    }

    /// The same for another architecture.
    public func of(_ architecture: Architecture) -> OCIKernelStore { OCIKernelStore(cache: cache, architecture: architecture, download: download) }

    /// The kernel of an image, as `boot/vmlinuz` and `lib/modules/<release>` below a folder of the cache.
    /// - Throws: `DiskImageError`, `CacheError`, `CancellationError`.
    public func kernel(_ reference: OCIReference, progress: @escaping @Sendable (String) -> Void = { _ in }) async throws -> FilePath {
        try await cache.withScratch(kind: Self.partialKind) { work in try await kernel(reference, from: source(reference, work: work), progress) }
    }

    private func kernel(_ reference: OCIReference, from source: any BlobSource, _ progress: @escaping @Sendable (String) -> Void) async throws -> FilePath {
        let (layers, key) = try await manifest(reference, source)
        let folder = try await cache.entry(kind: Self.kind, key: ImageFile.hash(of: "\(Self.format) \(key)")) { folder in
            var tree = LayerTree()
            var archives: [FilePath] = []
            for (number, layer) in layers.enumerated() {
                progress("fetching layer \(number + 1) of \(layers.count) of \(reference) (\((layer.size + (1 << 19)) >> 20) MiB)")
                let archive = try await unpacked(try await fetched(layer, source), as: folder.appending("layer-\(number).tar"), reference)
                tree.add(try members(of: archive, reference), layer: number)
                archives.append(archive)
            }
            try extract(tree, archives, to: folder, reference)
            for archive in archives { try FileManager.default.removeItem(atPath: archive.string) }
        }
        for layer in layers { try? FileManager.default.removeItem(atPath: partial(layer).string) }
        return folder.appending(Self.image)
    }

    private static let image = "boot/vmlinuz"

    // MARK: - From the reference to the layers

    private func source(_ reference: OCIReference, work: FilePath) async throws -> any BlobSource {
        switch reference {
        case .registry(let host, let repository, _): return OCIRegistry(host: host, repository: repository, download: download, work: work)
        case .layout(let path, _):
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder) else {
                throw DiskImageError(.unreadable, subject: path.string, detail: "there is no such layout")
            }
            if isFolder.boolValue { return OCILayout(folder: path) }
            return OCILayout(folder: try unpackLayout(path, to: work.appending("layout")))
        }
    }

    /// Only the files of an image layout are extracted from an archive.
    private func unpackLayout(_ archive: FilePath, to folder: FilePath) throws -> FilePath {
        let data = try mapped(archive)
        try ImageFile.makeFolder(folder.appending("blobs/sha256"))
        let members = try reading(archive.string) { try TarReader.members(of: data, largest: Self.largestLayer) }
        for member in members where member.kind == .file {
            let digest = member.path.split(separator: "/").last.flatMap { OCIDigest("sha256:\($0)") }
            guard member.path == "index.json" || digest.map({ member.path == "blobs/sha256/\($0.hexadecimal)" }) == true else { continue }
            try ImageFile.write(data[member.content], to: folder.appending(member.path))
        }
        guard FileManager.default.fileExists(atPath: folder.appending("index.json").string) else {
            throw DiskImageError(.damaged, subject: archive.string, detail: "it is not an OCI archive: it has no index.json")
        }
        return folder
    }

    /// Each document is verified by its digest, from the one that the reference names down.
    private func manifest(_ reference: OCIReference, _ source: any BlobSource) async throws -> (layers: [OCIDocument.Descriptor], key: String) {
        let selection =
            switch reference {
            case .registry(_, _, let selection), .layout(_, let selection): selection
            }
        var bytes = try await source.document(selection)
        if case .registry(_, _, .digest(let digest)) = reference { try check(bytes, digest, reference) }
        // An index of manifests, and at most one index inside it.
        for _ in 0..<3 {
            switch try OCIDocument(bytes, subject: reference.description).content {
            case .layers(let layers):
                guard let tooLarge = layers.first(where: { $0.size > Self.largestLayer }) else { return (layers, ImageFile.hash(of: bytes)) }
                throw DiskImageError(.tooLarge, subject: reference.description, detail: "a layer of \(tooLarge.size) bytes")
            case .manifests(let manifests):
                let fitting = manifests.first { $0.platform == nil || ($0.platform?.os == "linux" && $0.platform?.architecture == architecture.debianName) }
                guard let fitting else { throw DiskImageError(.noKernel, subject: reference.description, detail: "it is made for other processors") }
                bytes = try await source.document(fitting)
                try check(bytes, fitting.digest, reference)
            }
        }
        throw DiskImageError(.damaged, subject: reference.description, detail: "indices within indices")
    }

    private func check(_ bytes: [UInt8], _ digest: OCIDigest, _ reference: OCIReference) throws(DiskImageError) {
        let found = ImageFile.hash(of: bytes)
        guard found == digest.hexadecimal else {
            throw DiskImageError(.hashMismatch, subject: reference.description, detail: "\(found), where \(digest.hexadecimal) is due")
        }
    }

    // MARK: - From the layers to the kernel

    private func partial(_ layer: OCIDocument.Descriptor) -> FilePath { cache.root.appending(Self.partialKind).appending(layer.digest.hexadecimal) }

    private func fetched(_ layer: OCIDocument.Descriptor, _ source: any BlobSource) async throws -> FilePath {
        let file = partial(layer)
        try await source.fetch(layer, to: file)
        let found = try ImageFile.hash(of: file)
        guard found == layer.digest.hexadecimal else {
            try? FileManager.default.removeItem(atPath: file.string)
            throw DiskImageError(.hashMismatch, subject: layer.digest.description, detail: "\(found), where \(layer.digest.hexadecimal) is due")
        }
        return file
    }

    /// The layer's tar archive. Decompression stops when the archive exceeds the limit.
    private func unpacked(_ layer: FilePath, as archive: FilePath, _ reference: OCIReference) async throws -> FilePath {
        let start = try DiskFile(layer).read(at: 0, count: 4)
        let command = start.starts(with: [0x1F, 0x8B]) ? "gzip -dc" : start == [0x28, 0xB5, 0x2F, 0xFD] ? "zstd -dcq --long=31" : "cat"
        // ulimit counts in blocks of 512 bytes.
        let script = "ulimit -f \(Self.largestLayer / 512); exec \(command) < \"$1\" > \"$2\""
        let outcome = try await download.tools.run(.shell, ["-c", script, "sh", layer.string, archive.string])
        switch outcome.ending {
        case .exited(0): return archive
        case .exited(127): throw DiskImageError(.toolMissing, subject: String(command.prefix { $0 != " " }), detail: String(command.prefix { $0 != " " }))
        case .signalled(SIGXFSZ):
            throw DiskImageError(.tooLarge, subject: reference.description, detail: "a layer unpacks to more than \(Self.largestLayer) bytes")
        default: throw DiskImageError(.damaged, subject: reference.description, detail: outcome.complaint)
        }
    }

    private func members(of archive: FilePath, _ reference: OCIReference) throws -> [PackageMember] {
        let data = try mapped(archive)
        return try reading(reference.description) { try TarReader.members(of: data, largest: Self.largestLayer) }
    }

    private func extract(_ tree: LayerTree, _ archives: [FilePath], to folder: FilePath, _ reference: OCIReference) throws {
        guard let kernel = tree.kernel else {
            throw DiskImageError(
                .noKernel, subject: reference.description,
                detail: "looked for files called vmlinuz, bzImage or vmlinux in \(archives.count) layers with \(tree.files.count) files")
        }
        let layers = try archives.map(mapped)
        func copy(_ path: String, to place: String, limit: Int) throws {
            guard let file = tree.files[path] else { return }
            guard file.content.count <= limit else {
                throw DiskImageError(.tooLarge, subject: path, detail: "\(file.content.count) bytes, and \(limit) are allowed")
            }
            try ImageFile.makeFolder(folder.appending(place).removingLastComponent())
            try ImageFile.write(layers[file.layer][file.content], to: folder.appending(place))
        }
        try copy(kernel.image, to: Self.image, limit: Self.largestKernel)
        guard let modules = kernel.modules, let release = modules.split(separator: "/").last, VolumeEntry.isPlain(String(release)) else { return }
        let prefix = modules + "/"
        for path in tree.files.keys where path.hasPrefix(prefix) && VolumeEntry.isPlain(path) {
            try copy(path, to: "lib/modules/\(release)/\(path.dropFirst(prefix.count))", limit: Self.largestModule)
        }
        // Every kernel build creates this list. Without it the folder would not be recognised as one of modules.
        let list = folder.appending("lib/modules/\(release)/modules.builtin")
        if !FileManager.default.fileExists(atPath: list.string) { try ImageFile.write([], to: list) }
    }

    private func mapped(_ file: FilePath) throws(DiskImageError) -> Data {
        do {
            return try Data(contentsOf: URL(filePath: file.string), options: .alwaysMapped)
        } catch {
            throw DiskImageError(.unreadable, subject: file.string, detail: "\(error)")
        }
    }

    private func reading<Value>(_ subject: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as PackageStreamError {
            throw switch error {
            case .malformed(let reason): DiskImageError(.damaged, subject: subject, detail: reason)
            case .unsafe(let reason): DiskImageError(.unsafeContent, subject: subject, detail: reason)
            case .tooLarge(let reason): DiskImageError(.tooLarge, subject: subject, detail: reason)
            }
        }
    }
}
