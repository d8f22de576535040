public import ArtefactCache
import Foundation
public import HostTools
import MatrixModel
public import SystemPackage

/// Debian's package of a kernel's source, found in a signed index: its version, and a function that downloads and verifies it.
public struct FoundPackage: Sendable {
    public let version: String
    let fetch: @Sendable (FilePath) async throws -> Void

    public init(version: String, fetch: @escaping @Sendable (FilePath) async throws -> Void) {
        self.version = version
        self.fetch = fetch
    }
}

/// Finds a package by its name.
public typealias SourcePackage = @Sendable (String) async throws -> FoundPackage

/// Kernels that are not packaged, built from source with a small configuration. The last resort, because a build takes minutes. Each is built
/// once.
public struct SourceKernelStore: Sendable {
    public let cache: ArtefactCache
    /// The address of releases: the folder that contains `v6.x`.
    let base: String
    /// The public keys that sign releases; nil when none were configured.
    let keys: FilePath?
    private let package: SourcePackage
    private let download: Download
    private var tools: ImageTools { download.tools }

    public static let kernelOrg = "https://cdn.kernel.org/pub/linux/kernel"
    /// Linus Torvalds', Greg Kroah-Hartman's and Sasha Levin's (kernel.org, "Linux kernel releases PGP signatures").
    public static let signers = [
        "ABAF11C65A2970B130ABE3C479BE3E4300411886", "647F28654894E3BD457199BE38DBBDC86092693E", "E27E5D8A3403A2EF66873BBCDEA66FF797772CDC",
    ]
    private let signers: [String]

    /// The kinds of its cache entries.
    public static let kinds: Set<String> = [kind, partialKind]
    private static let kind = "source-kernel"
    private static let partialKind = "source-partial"
    /// The version of the cache keys: increase it when the same source gives another kernel.
    private static let format = "1"

    private static let largestArchive = 512 << 20
    private static let largestSource = 4 << 30

    /// - Parameters:
    ///   - package: Finds Debian's package of a source.
    ///   - searchPath: Where tools are searched; nil for the search path of this process.
    public init(
        cache: ArtefactCache, settings: DownloadSettings = DownloadSettings(), base: String = kernelOrg, keys: FilePath?, signers: [String] = signers,
        searchPath: String? = nil,
        package: @escaping SourcePackage
    ) {
        self.package = package
        self.cache = cache
        self.base = base
        self.keys = keys
        self.signers = signers
        download = Download(settings: settings, tools: ImageTools(searchPath: searchPath))
    }

    /// Builds the kernel, as `boot/vmlinuz` next to `boot/config`. All drivers are built in: there are no modules.
    ///
    /// - Parameter configuration: Files with the enabled options; later files override earlier ones, and all other options are off.
    /// - Throws: `DiskImageError`, `CacheError`, `CancellationError`, or what finding a package throws.
    public func kernel(_ reference: SourceReference, configuration: [FilePath], progress: @escaping @Sendable (String) -> Void = { _ in }) async throws
        -> FilePath
    {
        for (tool, package) in Self.needed { _ = try await tools.run(.shell, ["-c", "command -v \(tool)"]).orMissing(tool, package) }
        let compiler = try await tools.run(HostTool("gcc"), ["--version"]).stdout.split(separator: "\n").first.map(String.init) ?? ""
        var found: FoundPackage?
        let identity: String
        switch reference {
        // A release never changes, and its source was verified when it was fetched.
        case .release(let version): identity = version
        case .package(let name):
            found = try await package(name)
            identity = "\(name) \(found?.version ?? "")"
        case .file(let path): identity = try ImageFile.hash(of: path)
        }
        let key = ImageFile.hash(of: ([Self.format, identity, compiler] + (try configuration.map { try ImageFile.hash(of: $0) })).joined(separator: "\n"))
        let folder = try await cache.entry(kind: Self.kind, key: key) { folder in
            let archive = try await archive(reference, found, work: folder, progress)
            progress("unpacking \(reference)")
            try await step(
                "tar", ["--extract", "--no-same-owner", "--strip-components=1", "--directory", "tree", "--file", archive.string], in: folder, making: ["tree"])
            progress("building \(reference), which takes some minutes")
            try await build(configuration, in: folder)
            for name in ["tree", "build", "linux.tar", "package", "package.deb", "configuration"] {
                try? FileManager.default.removeItem(atPath: folder.appending(name).string)
            }
        }
        if case .release(let version) = reference { try? FileManager.default.removeItem(atPath: partial(version).string) }
        return folder.appending(Self.image)
    }

    private static let image = "boot/vmlinuz"
    private static let needed = [("gcc", "gcc"), ("make", "make"), ("flex", "flex"), ("bison", "bison"), ("bc", "bc")]

    private func partial(_ version: String) -> FilePath { cache.root.appending(Self.partialKind).appending(version) }

    /// The verified tar archive of a source: a file of the user's, a release with its signature, or the content of a package from a signed
    /// index.
    private func archive(_ reference: SourceReference, _ found: FoundPackage?, work: FilePath, _ progress: @Sendable (String) -> Void) async throws -> FilePath
    {
        let version: String
        switch reference {
        case .file(let path): return path
        case .package(let name): return try await content(of: name, found, work: work, progress)
        case .release(let text): version = text
        }
        guard let keys else {
            throw DiskImageError(
                .badSignature, subject: "linux-\(version).tar",
                detail: "no keys are known to check it by; save those of \(signers.joined(separator: " and ")) in a file and name it in KMATRIX_KERNEL_KEYS")
        }
        let name = "\(base)/v\(version.prefix { $0 != "." }).x/linux-\(version).tar"
        let place = partial(version)
        try ImageFile.makeFolder(place)
        let packed = place.appending("linux.tar.xz")
        progress("fetching \(name).xz")
        try await download.fetch("\(name).sign", to: place.appending("linux.tar.sign"), limit: 1 << 20)
        try await download.fetch("\(name).xz", to: packed, limit: Self.largestArchive, resumes: true)
        let archive = work.appending("linux.tar")
        do {
            // The signature is of the uncompressed archive. ulimit counts in blocks of 512 bytes.
            let unpacking = try await tools.run(
                .shell, ["-c", "ulimit -f \(Self.largestSource / 512); exec xz -dc < \"$1\" > \"$2\"", "sh", packed.string, archive.string])
            guard unpacking.isSuccess else { throw DiskImageError(.damaged, subject: "\(name).xz", detail: unpacking.complaint) }
            let check = PublishedSignature(key: keys, fingerprints: signers, tools: tools)
            try await check.verify(archive, signature: place.appending("linux.tar.sign"), subject: "\(name).xz", work: work)
        } catch let error as DiskImageError where !error.isOurs {
            // The file is deleted because continuing a bad download cannot repair it.
            try? FileManager.default.removeItem(atPath: packed.string)
            throw error
        }
        return archive
    }

    /// The source archive in Debian's package.
    private func content(of name: String, _ found: FoundPackage?, work: FilePath, _ progress: @Sendable (String) -> Void) async throws -> FilePath {
        guard let found else { throw DiskImageError(.notFound, subject: name) }
        progress("fetching \(name) \(found.version)")
        try await found.fetch(work.appending("package.deb"))
        try await step("dpkg-deb", ["--extract", "package.deb", "package"], in: work, making: [])
        let archive = work.appending("package/usr/src/\(name).tar.xz")
        guard FileManager.default.fileExists(atPath: archive.string) else {
            throw DiskImageError(.damaged, subject: name, detail: "it has no usr/src/\(name).tar.xz")
        }
        return archive
    }

    private func build(_ configuration: [FilePath], in folder: FilePath) async throws {
        let jobs = UsableProcessors.count
        // Of two lines for one option the later one takes effect (kconfig.rst).
        let texts = try configuration.map { file in
            guard let bytes = FileManager.default.contents(atPath: file.string) else { throw DiskImageError(.unreadable, subject: file.string) }
            return bytes + Data("\n".utf8)
        }
        let merged = folder.appending("configuration")
        guard FileManager.default.createFile(atPath: merged.string, contents: Data(texts.joined())) else {
            throw DiskImageError(.noSpace, subject: merged.string)
        }
        try await step("make", ["-s", "-C", "tree", "O=../build", "KCONFIG_ALLCONFIG=\(merged)", "allnoconfig"], in: folder, making: ["build", "boot"])
        try await step("make", ["-s", "-C", "tree", "O=../build", "-j\(jobs)", Architecture.host.builtKernel.target], in: folder, making: [])
        for (from, to) in [(Architecture.host.builtKernel.path, Self.image), (".config", "boot/config")] {
            do {
                try FileManager.default.moveItem(atPath: folder.appending("build/\(from)").string, toPath: folder.appending(to).string)
            } catch {
                throw DiskImageError(.buildFailed, subject: "the kernel", detail: "its build left no \(from)")
            }
        }
    }

    private func step(_ tool: String, _ arguments: [String], in folder: FilePath, making folders: [String]) async throws {
        for name in folders { try ImageFile.makeFolder(folder.appending(name)) }
        let outcome = try await tools.run(HostTool(tool), arguments, in: folder)
        guard !outcome.isSuccess else { return }
        let lines = outcome.stderr.split(separator: "\n").map { String($0.prefix(300)) }
        let telling = lines.filter { $0.contains("rror") }.prefix(3)
        throw DiskImageError(
            .buildFailed, subject: "the kernel",
            detail: "\(tool): \((telling.isEmpty ? lines.suffix(2) : telling).joined(separator: " | ")) (\(outcome.ending))")
    }
}

extension ToolOutcome {
    fileprivate func orMissing(_ tool: String, _ package: String) throws(DiskImageError) -> Self {
        guard isSuccess else { throw DiskImageError(.toolMissing, subject: tool, detail: package) }
        return self
    }
}
