public import ArtefactCache
import Foundation
import MatrixModel
public import SystemPackage

/// Builds distributions' root file systems without root: mmdebstrap in a user namespace, then fakeroot and `mke2fs -d`.
public struct RootImageBuilder: Sendable {
    public let cache: ArtefactCache
    private let searchPath: String?

    private static let kind = "distribution"
    private static let modulesKind = "modules"
    private static let logKind = "build-log"
    /// The sorts of artefact it keeps in the cache.
    public static let kinds: Set<String> = [kind, modulesKind, logKind]

    /// - Parameter searchPath: Where tools are looked for; nil for where this process looks.
    public init(cache: ArtefactCache, searchPath: String? = nil) {
        self.cache = cache
        self.searchPath = searchPath
    }

    /// The image of a recipe when it is built already.
    public func existing(_ recipe: RootImageRecipe) -> RootImage? {
        cache.existing(kind: Self.kind, key: recipe.key).map(RootImage.init)
    }

    /// The image of a recipe, built unless it is there already. A build that is interrupted leaves no image behind.
    ///
    /// - Parameters:
    ///   - sources: apt's one-line sources, of which signature and date were checked, and the keys apt checks everything else by.
    ///   - failed: Receives the failure of an attempt that is tried again.
    ///   - renews: Build it again from today's packages. The old one stays until the new one is whole.
    /// - Throws: `GuestImageError` (`toolMissing`, `noSpace`, `buildFailed`), `CacheError`, `CancellationError`.
    public func image(
        _ recipe: RootImageRecipe, renews: Bool = false, failed: (GuestImageError) -> Void = { _ in },
        sources: () async throws -> (lines: [String], keyring: FilePath)
    ) async throws -> RootImage {
        let folder = try await cache.entry(kind: Self.kind, key: recipe.key, renews: renews) { folder in
            guard ForeignPrograms.run(recipe.architecture) else {
                throw GuestImageError(.foreignPrograms, path: folder.appending("root.img"), architecture: recipe.architecture)
            }
            let archive = folder.appending("root.tar")
            let sources = try await sources()
            let shared = FilePath(FileManager.default.temporaryDirectory.path).appending("kmatrix-keys-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(atPath: shared.string) }
            let keyring = Self.share(sources.keyring, in: shared)
            try await Self.persistently(failed) { attempt in
                try? FileManager.default.removeItem(atPath: archive.string)
                try await BuildTool.run(
                    "mmdebstrap", Self.arguments(recipe, keyring: keyring, sources: sources.lines, to: archive), building: archive, grace: .seconds(20),
                    searchPath: searchPath,
                    log: log(of: recipe, "mmdebstrap", attempt))
            }
            // Owners exist only in fakeroot's mind, so unpacking and packing happen in one go of it.
            try await Self.persistently(failed) { attempt in
                for name in ["tree", "root.img"] { try? FileManager.default.removeItem(atPath: folder.appending(name).string) }
                try await BuildTool.run(
                    "fakeroot", ["--", "sh", "-euc", Self.packing, "sh", folder.string, "\(RootImageRecipe.size)"], building: folder.appending("root.img"),
                    searchPath: searchPath,
                    log: log(of: recipe, "fakeroot", attempt))
            }
        }
        return RootImage(folder: folder)
    }

    /// Tries a step of a build once more when it fails: tools that unpack thousands of files fail now and then for reasons that pass.
    /// - Parameter failed: Receives the first failure.
    private static func persistently(_ failed: (GuestImageError) -> Void, _ step: (_ attempt: Int) async throws -> Void) async throws {
        do {
            try await step(1)
        } catch let error as GuestImageError where error.code == .buildFailed {
            failed(error)
            try await step(2)
        }
    }

    /// A copy of a keyring that every user can read: apt runs as another user, who has no access to this user's folders.
    /// - Returns: The keyring itself where it cannot be copied, and the tool says what is wrong with it.
    private static func share(_ keyring: FilePath, in folder: FilePath) -> FilePath {
        let manager = FileManager.default
        let copy = folder.appending("keyring.gpg")
        do {
            try manager.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.string)
            try manager.copyItem(atPath: keyring.string, toPath: copy.string)
            try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: copy.string)
            return copy
        } catch {
            return keyring
        }
    }

    /// Where the log of a tool that failed is kept.
    private func log(of recipe: RootImageRecipe, _ tool: String, _ attempt: Int) -> FilePath {
        cache.root.appending(Self.logKind).appending("\(recipe.suite)-\(recipe.key.prefix(12))").appending("\(tool)-\(attempt).log")
    }

    /// The modules of a kernel as a read-only file system, with the indices that modprobe wants and packages do not bring.
    ///
    /// - Parameter modules: The kernel's `lib/modules/<release>`.
    /// - Throws: `GuestImageError`, `CacheError`, `CancellationError`.
    public func modules(release: String, _ modules: FilePath) async throws -> FilePath {
        let key = FileContent.digest(of: [RootImageRecipe.format, release, try ModuleTree(modules).fingerprint])
        let folder = try await cache.entry(kind: Self.modulesKind, key: key) { folder in
            try await BuildTool.run("sh", ["-euc", Self.indexing, "sh", folder.string, release, modules.string], building: folder.appending("modules.img"))
        }
        return folder.appending("modules.img")
    }

    /// A disk that takes what a guest writes and leaves the one below it as it is.
    /// - Parameter format: Of the disk below: `raw` or `qcow2`.
    public static func overlay(of disk: FilePath, format: String = "raw", at path: FilePath) async throws {
        try await BuildTool.run("qemu-img", ["create", "-q", "-f", "qcow2", "-F", format, "-b", disk.string, path.string], building: path)
    }

    private static func arguments(_ recipe: RootImageRecipe, keyring: FilePath, sources: [String], to archive: FilePath) -> [String] {
        [
            "--mode=auto", "--variant=minbase", "--format=tar", "--keyring=\(keyring)", "--include=\(recipe.packages.joined(separator: ","))",
            // The harness has checked the dates by its own policy, which knows more than yes and no.
            "--aptopt=Acquire::Check-Valid-Until \"false\"", "--aptopt=Acquire::Retries \"3\"", "--aptopt=Acquire::Languages \"none\"",
            // Documents are a third of a small system and nothing in a guest reads them.
            "--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/locale/*",
            "--dpkgopt=path-exclude=/usr/share/info/*",
            // Older shells link their pages when they are installed, and are not installed without them.
            "--dpkgopt=path-include=/usr/share/man/man[17]/*",
            // A machine id is given at the first boot, without systemd taking it for an installation and asking questions.
            "--customize-hook=: > \"$1/etc/machine-id\"; echo localhost > \"$1/etc/hostname\"",
        ] + (recipe.architecture == .host ? [] : ["--architectures=\(recipe.architecture.debianName)"]) + [recipe.suite, archive.string] + sources
    }

    /// $1 the folder, $2 the size in bytes.
    private static let packing = """
        cd "$1"
        mkdir tree
        tar --extract --preserve-permissions --numeric-owner --file root.tar --directory tree
        dpkg-query --admindir=tree/var/lib/dpkg --show > packages.tsv
        truncate --size="$2" root.img
        PATH="$PATH:/usr/sbin:/sbin" mke2fs -q -F -t ext4 -O ^has_journal -E root_owner=0:0,lazy_itable_init=1 -L root -d tree root.img
        chmod -R u+rwX tree
        rm -rf tree root.tar
        """

    /// $1 the folder, $2 the release, $3 the modules.
    private static let indexing = """
        cd "$1"
        mkdir -p "base/lib/modules"
        cp -R --reflink=auto -- "$3" "base/lib/modules/$2"
        rm -f "base/lib/modules/$2/build" "base/lib/modules/$2/source" "base/lib/modules/$2/vmlinuz"
        PATH="$PATH:/usr/sbin:/sbin" depmod -b base "$2"
        size=$(du -sk base | cut -f1)
        truncate --size="$((size * 5 / 4 + 16384))K" modules.img
        PATH="$PATH:/usr/sbin:/sbin" mke2fs -q -F -t ext4 -O ^has_journal -E root_owner=0:0 -L modules -d "base/lib/modules/$2" modules.img
        rm -rf base
        """
}
