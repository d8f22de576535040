public import ArtefactCache
import Foundation
import Glibc
public import MatrixModel
public import SystemPackage

/// Builds what a guest boots, once for each content, without root.
public struct GuestImageBuilder: Sendable {
    public let cache: ArtefactCache
    /// The static `guest-runner`.
    public let runner: FilePath
    /// What the runner and the kernels are for.
    public let architecture: Architecture
    private let digests: DigestMemory

    /// The cache keys' own version: raise it when the same ingredients give another image.
    private static let format = "1"
    private static let payloadFormat = "2"
    /// A guest from a snapshot believes its disk to be as large as when the snapshot was made, so payloads have few sizes. In bytes.
    public static let payloadAlignment = 32 << 20

    /// - Parameter digests: What is known of the files that images are made of.
    public init(cache: ArtefactCache, runner: FilePath, architecture: Architecture = .host, digests: DigestMemory = DigestMemory(in: nil)) {
        self.cache = cache
        self.runner = runner
        self.architecture = architecture
        self.digests = digests
    }

    /// The same for another architecture's guests.
    public func of(_ architecture: Architecture, runner: FilePath) -> GuestImageBuilder {
        GuestImageBuilder(cache: cache, runner: runner, architecture: architecture, digests: digests)
    }

    /// The modules that the initramfs of any kernel takes, where the kernel has them as modules, with all they need.
    public static let earlyModules = ModuleSet.required + ModuleSet.optional

    /// Recognises a kernel image and brings it into the form that boots fastest.
    ///
    /// - Parameter image: A bzImage, an uncompressed kernel, or a raw image, packed or not.
    /// - Throws: `GuestImageError` (`notAKernel`, `otherArchitecture`, `kernelWithoutEntry`, `unreadable`), `CacheError`, `CancellationError`.
    public func kernel(image: FilePath) async throws -> BootableKernel {
        try await KernelImage(path: image, architecture: architecture, cache: cache).bootable()
    }

    /// The initramfs a kernel starts with: `guest-runner` as `/init` and the modules it needs. Knows nothing of agent or cell.
    ///
    /// - Parameters:
    ///   - release: `uname -r` of the kernel; part of the cache key.
    ///   - modules: The kernel's `lib/modules/<release>`; nil when there is none, and everything has to be built in.
    ///   - fileSystems: What roots of distributions are formatted as, beyond what is always there.
    /// - Throws: `GuestImageError` (`missingModules`, `brokenModule`, `unreadable`), `CacheError`, `CancellationError`.
    public func stage0(release: String, modules: FilePath?, fileSystems: [String] = []) async throws -> FilePath {
        let fingerprint = try modules.map { try self.fingerprint(of: $0) } ?? ""
        let runnerDigest = try FileContent.digest(of: runner, digests)
        let key = FileContent.digest(of: [Self.format, runnerDigest, release, fingerprint] + fileSystems)
        let folder = try await cache.entry(kind: "initramfs", key: key) { folder in
            try CacheFile.write(try await stage0Archive(modules: modules, fileSystems: fileSystems), to: folder.appending(Self.initramfs), alignment: 512)
            guard try FileContent.digest(of: runner, digests) == runnerDigest else { throw GuestImageError(.changedMeanwhile, path: runner) }
        }
        return folder.appending(Self.initramfs)
    }

    /// What a tree of modules looks like from outside. One in the cache is not written to: its folder alone is looked at, not four thousand files.
    private func fingerprint(of modules: FilePath) throws -> String {
        var status = stat()
        guard modules.starts(with: cache.root), stat(modules.string, &status) == 0 else { return try ModuleTree(modules).fingerprint }
        return "\(modules) \(status.st_ino) \(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
    }

    /// The read-only disk with what a cell brings: the agent, its program and its configuration, as a cpio archive padded to
    /// `payloadAlignment`.
    ///
    /// - Throws: `GuestImageError` (`unreadable`, `invalidPath`, `tooLarge`, `changedMeanwhile`), `CacheError`, `CancellationError`.
    public func payload(_ spec: PayloadSpec) async throws -> FilePath {
        let archive = try CpioArchive(spec.items.map { .init(path: $0.path, content: .file($0.source), mode: $0.mode) })
        let key = try self.key(of: spec)
        let folder = try await cache.entry(kind: "payload", key: key) { folder in
            try CacheFile.write(archive, to: folder.appending(Self.payloadDisk), alignment: Self.payloadAlignment)
            // A file replaced between the two readings would otherwise be kept under the other one's key for ever.
            guard try self.key(of: spec) == key else { throw GuestImageError(.changedMeanwhile) }
        }
        return folder.appending(Self.payloadDisk)
    }

    private func key(of spec: PayloadSpec) throws -> String {
        var parts = [Self.payloadFormat]
        for item in spec.items.sorted(by: { $0.path < $1.path }) {
            let content =
                switch item.source {
                case .bytes(let bytes): FileContent.digest(of: bytes)
                case .file(let path): try FileContent.digest(of: path, digests)
                }
            parts += [item.path, "\(item.mode)", content]
        }
        return FileContent.digest(of: parts)
    }

    private func stage0Archive(modules: FilePath?, fileSystems: [String]) async throws -> CpioArchive {
        var entries: [CpioArchive.Entry] = [
            .init(path: "init", content: .file(.file(runner)), mode: 0o755),
            // The kernel opens it for the first process before anything is mounted.
            .init(path: "dev/console", content: .characterDevice(major: 5, minor: 1), mode: 0o600),
        ]
        var order = ""
        if let modules {
            let set = try await ModuleSet.resolve(ModuleSet.required + ModuleSet.optional + fileSystems, in: modules)
            let lacking = set.missing.filter(ModuleSet.required.contains)
            guard lacking.isEmpty else { throw GuestImageError(.missingModules, path: modules, found: lacking.joined(separator: ", ")) }
            for module in set.modules {
                let path = "modules/\(module.name).ko"
                entries.append(.init(path: path, content: .file(.bytes(module.content)), mode: 0o644))
                order += "/\(path)\n"
            }
        }
        entries.append(.init(path: "modules.load", content: .file(.bytes(Array(order.utf8))), mode: 0o644))
        return try CpioArchive(entries)
    }

    private static let initramfs = "initramfs.cpio"
    private static let payloadDisk = "payload.img"
}
