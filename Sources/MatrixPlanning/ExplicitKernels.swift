import DiskImages
import Foundation
package import GuestImages
package import KernelCatalogue
import MatrixModel
import SystemPackage

/// Kernels that no repository's index lists: image files, OCI images, sources, and those of disk images.
package struct ExplicitKernels: Sendable {
    let images: GuestImageBuilder
    let disks: DiskImageStore
    let packed: OCIKernelStore
    let sources: SourceKernelStore
    let products: Products
    let events: @Sendable (PlanningEvent) -> Void

    /// The same for guests of another architecture.
    func of(_ architecture: Architecture) -> ExplicitKernels {
        ExplicitKernels(
            images: images.of(architecture, runner: images.runner), disks: disks, packed: packed.of(architecture), sources: sources, products: products,
            events: events)
    }

    private static let packedPrefix = "oci:"
    private static let sourcePrefix = "source:"

    private init(
        images: GuestImageBuilder, disks: DiskImageStore, packed: OCIKernelStore, sources: SourceKernelStore, products: Products,
        events: @escaping @Sendable (PlanningEvent) -> Void
    ) {
        (self.images, self.disks, self.packed, self.sources, self.products, self.events) = (images, disks, packed, sources, products, events)
    }

    package init(images: GuestImageBuilder, catalogue: KernelCatalogue, products: Products, events: @escaping @Sendable (PlanningEvent) -> Void) {
        let (settings, environment) = (catalogue.settings.downloads, catalogue.settings.environment)
        self.images = images
        disks = DiskImageStore(catalogue, cache: images.cache)
        packed = OCIKernelStore(cache: images.cache, settings: settings)
        sources = SourceKernelStore(
            cache: images.cache, settings: settings, base: environment["KMATRIX_KERNEL_MIRROR"] ?? SourceKernelStore.kernelOrg,
            keys: environment["KMATRIX_KERNEL_KEYS"].map { FilePath($0) }
        ) { name in
            let package = try await catalogue.package(named: name)
            return FoundPackage(version: package.version) { try await package.fetch(to: $0) }
        }
        self.products = products
        self.events = events
    }

    /// The kernel that a path, an OCI image's name or a source's name selects. Fetches or builds the kernel, because only its image states the
    /// version.
    /// - Returns: The kernel, or why it is not available, which is not an error of the plan.
    /// - Throws: `DiskImageError` with `badReference`, `CacheError`, `CancellationError`.
    func kernel(_ text: String) async throws -> Result<PlannedKernel, PreparationFailure> {
        do {
            if text.hasPrefix(Self.packedPrefix) {
                let reference = try OCIReference(parsing: String(text.dropFirst(Self.packedPrefix.count)))
                let image = try await packed.kernel(reference) { events(.preparing($0)) }
                return .success(try await kernel(inFile: image, origin: "\(Self.packedPrefix)\(reference)"))
            }
            if text.hasPrefix(Self.sourcePrefix) {
                guard images.architecture == .host else {
                    let reason =
                        "'\(text)' would be built for this machine, which is \(Architecture.host.title); use a kernel of a repository, or an image file"
                    return .failure(PreparationFailure(cause: .notOffered, reason: reason))
                }
                let (source, variant) = Self.variant(String(text.dropFirst(Self.sourcePrefix.count)))
                let reference = try SourceReference(parsing: source)
                let image = try await sources.kernel(reference, configuration: products.kernelConfiguration(variant)) { events(.preparing($0)) }
                return .success(try await kernel(inFile: image, origin: "\(Self.sourcePrefix)\(reference)\(variant.map { "+\($0)" } ?? "")"))
            }
            let path = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath((text as NSString).expandingTildeInPath))
            return .success(try await kernel(inFile: path.lexicallyNormalized(), origin: "file"))
        } catch let error as GuestImageError {
            return .failure(PreparationFailure(cause: .notABootableKernel, reason: "\(error)"))
        } catch let error as DiskImageError where error.code != .badReference {
            return .failure(PreparationFailure(error, otherwise: .notABootableKernel))
        } catch let error as CatalogueError {
            return .failure(PreparationFailure(cause: error.code == .notOffered ? .notOffered : .fetchFailed, reason: "\(error)"))
        }
    }

    /// Splits the name of a configuration from a source's name: `6.1.100+no-jit`. A plus sign before a file's extension belongs to the file's
    /// name.
    private static func variant(_ text: String) -> (source: String, name: String?) {
        guard let place = text.lastIndex(of: "+") else { return (text, nil) }
        let name = text[text.index(after: place)...]
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }) else { return (text, nil) }
        return (String(text[..<place]), String(name))
    }

    /// The kernel that a disk image boots with its own loader.
    func kernel(of guest: ImageGuest) async throws -> Result<PlannedKernel, PreparationFailure> {
        do {
            let kernel = try await disks.open(guest.source, modules: GuestImageBuilder.earlyModules) { events(.preparing($0)) }.kernel()
            // Two images may have different kernels of the same release, so the origin names the image.
            let identity = KernelIdentity(
                version: try KernelVersion(parsing: kernel.release), flavour: .custom, release: kernel.release, origin: "\(guest.name)/image")
            return .success(
                PlannedKernel(identity: identity, source: .ofImage(image: kernel.image, modules: kernel.modules), architecture: images.architecture))
        } catch let error as DiskImageError {
            return .failure(PreparationFailure(error, otherwise: .imageNotBuilt))
        }
    }

    /// Reads the release from a kernel image, and looks for its modules where distributions keep them.
    private func kernel(inFile image: FilePath, origin: String) async throws -> PlannedKernel {
        guard let release = try await images.kernel(image: image).release else {
            throw GuestImageError(.notAKernel, path: image, found: "an image without a version")
        }
        let version = try KernelVersion(parsing: release)
        let folder = image.removingLastComponent()
        let candidates = [
            folder.appending("modules"), folder.removingLastComponent().appending("lib/modules/\(release)"),
            folder.removingLastComponent().appending("usr/lib/modules/\(release)"), FilePath("/lib/modules").appending(release),
            folder,
        ]
        let modules = candidates.first { FileManager.default.fileExists(atPath: $0.appending("modules.builtin").string) }
        // The cell's id has the first part of an origin only. Without slashes all of it is in the id, which distinguishes the kernels.
        return PlannedKernel(
            identity: KernelIdentity(version: version, flavour: .custom, release: release, origin: origin.replacing("/", with: "_")),
            source: .file(image: image, modules: modules),
            architecture: images.architecture)
    }
}
