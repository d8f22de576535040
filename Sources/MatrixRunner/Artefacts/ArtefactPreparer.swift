import GuestImages
import ArtefactCache
import DiskImages
import EvidenceStore
import Foundation
import KernelCatalogue
import MatrixModel
import MatrixPlanning
import QEMUGuest
import SystemPackage

/// Fetches and builds what the cells of a plan boot.
struct ArtefactPreparer: Sendable {
    let catalogue: KernelCatalogue
    /// Builds for this machine's architecture, and knows the cache.
    private let hostImages: GuestImageBuilder
    let roots: DistributionImages
    let disks: DiskImageStore
    let products: Products
    let slots: GuestSlots
    let events: @Sendable (RunnerEvent) -> Void

    /// - Parameters:
    ///   - slots: An image build takes a slot, because it uses a core as a guest does.
    ///   - digests: Digests of the files that images are made from.
    init(
        catalogue: KernelCatalogue, cache: ArtefactCache, products: Products, slots: GuestSlots, digests: DigestMemory = DigestMemory(in: nil),
        events: @escaping @Sendable (RunnerEvent) -> Void
    ) {
        self.catalogue = catalogue
        hostImages = GuestImageBuilder(cache: cache, runner: products.runner, digests: digests)
        roots = DistributionImages(packages: catalogue, cache: cache, events: events)
        disks = DiskImageStore(catalogue, cache: cache)
        self.products = products
        self.slots = slots
        self.events = events
    }

    /// Builds what guests of an architecture boot.
    /// - Throws: `ProductError` with `missingForArchitecture`.
    func images(for architecture: Architecture) throws -> GuestImageBuilder { hostImages.of(architecture, runner: try products.of(architecture).runner) }

    /// Packs a guest's payload.
    func payload(_ spec: PayloadSpec) async throws -> FilePath { try await hostImages.payload(spec) }

    /// Makes all that cells need.
    /// - Throws: `CancellationError` only.
    func prepare(_ cells: [PlannedCell]) async throws -> PreparedArtefacts {
        try await withThrowingTaskGroup(of: (Artefact, PreparedArtefacts).self) { group in
            var preparation = Preparation(of: cells)
            while true {
                for artefact in preparation.begin() {
                    group.addTask { [prepared = preparation.prepared] in (artefact, try await make(artefact, prepared)) }
                }
                guard let (artefact, made) = try await group.next() else { return preparation.prepared }
                preparation.end(artefact, made)
            }
        }
    }

    /// The kernel of a cell.
    /// - Throws: `PreparationFailure`, `CancellationError`.
    func kernel(of planned: PlannedCell) async throws -> PreparedKernel {
        guard let kernel = try await prepare([planned]).kernels[KernelUse(planned)] else {
            throw PreparationFailure(cause: .harness, reason: "kmatrix prepared nothing for \(planned.kernel.identity)")
        }
        return try kernel.get()
    }

    /// Makes one artefact. A failure becomes the outcome of the cells that need it and does not end the run.
    /// - Parameter prepared: Contains the artefact's ingredients.
    /// - Returns: The new artefact alone.
    /// - Throws: `CancellationError` only.
    func make(_ artefact: Artefact, _ prepared: PreparedArtefacts) async throws -> PreparedArtefacts {
        switch artefact {
        case .payload(let content):
            PreparedArtefacts(payloads: [content: try await outcome(.harness) { try await hostImages.payload(try await payloadSpec(content)) }])
        case .disc(let asks):
            PreparedArtefacts(discs: [asks: try await outcome(.harness) { try await ProvisioningDisc(asksForAgent: asks).build(in: hostImages.cache) }])
        case .builtRoot(let distribution):
            PreparedArtefacts(roots: [.distribution(distribution): try await outcome(.imageNotBuilt) { try await root(of: distribution) }])
        case .imageRoot(let image): PreparedArtefacts(roots: [.image(image): try await outcome(.imageNotBuilt) { try await root(of: image) }])
        case .files(let kernel): PreparedArtefacts(files: [kernel: try await files(of: kernel)])
        case .kernel(let use): PreparedArtefacts(kernels: [use: try await build(use, prepared)])
        }
    }

    private func root(of distribution: Distribution) async throws -> GuestRoot {
        if roots.existing(distribution) != nil { return GuestRoot(try await roots.image(of: distribution)) }
        return try await slots.withSlot { GuestRoot(try await roots.image(of: distribution)) }
    }

    private func root(of guest: ImageGuest) async throws -> GuestRoot {
        let system = try await disks.open(guest.source, modules: GuestImageBuilder.earlyModules) { events(.preparing($0)) }
        if system.isUsr {
            throw DiskImageError(.splitRoot, subject: guest.source.name, detail: "--kernel-image \(try system.kernel().image)")
        }
        guard guest.boot == .ownLoader else { return GuestRoot(system, firmware: nil, seed: nil) }
        guard system.hasCloudInit else { throw RunnerError(.noCloudInit, subject: guest.source.name) }
        let firmware = try Firmwares.find(system.firmware, for: guest.architecture)
        return GuestRoot(system, firmware: firmware, seed: try await SeedDisc(runner: try products.of(guest.architecture).runner).build(in: hostImages.cache))
    }

    private func files(of kernel: PlannedKernel) async throws -> Result<KernelParts, PreparationFailure> {
        switch kernel.source {
        case .package(let package):
            // Without modules a guest has neither disk nor network, and its failure would be the harness's.
            guard !package.lacksModules else {
                return .failure(
                    PreparationFailure(
                        cause: .fetchFailed,
                        reason:
                            "no signed index lists the modules of \(package.identity.release) any more (\(package.identity.origin)); use an image with "
                            + "its modules, or another series"
                    ))
            }
            return try await outcome(.fetchFailed) {
                KernelParts(try await catalogue.of(kernel.architecture).fetch(package) { events(.preparing($0.description)) })
            }
        case .file(let image, let modules), .ofImage(let image, let modules): return .success(KernelParts(image: image, modules: modules, config: nil))
        }
    }

    private func build(_ use: KernelUse, _ prepared: PreparedArtefacts) async throws -> Result<PreparedKernel, PreparationFailure> {
        let parts: KernelParts
        switch prepared.files[use.kernel] {
        case .success(let found)?: parts = found
        case .failure(let failure)?: return .failure(failure)
        case nil: return .failure(PreparationFailure(cause: .harness, reason: "kmatrix fetched nothing for \(use.kernel.identity)"))
        }
        // The initramfs needs the module of the root's file system; ext4 is built in.
        let fileSystem = prepared.roots[use.guest].flatMap { try? $0.get() }?.fileSystem
        return try await outcome(.notABootableKernel) {
            let release = use.kernel.identity.release
            let images = try images(for: use.kernel.architecture)
            let kernel = try await images.kernel(image: parts.image)
            let initramfs = try await images.stage0(
                release: release, modules: parts.modules, fileSystems: [fileSystem].compactMap(\.self).filter { $0 != "ext4" })
            var moduleDisk: FilePath?
            if use.needsModuleDisk, let modules = parts.modules { moduleDisk = try await roots.modules(release: release, modules) }
            let boot: BootPlan.Kernel
            switch kernel.image {
            case .elf(let path): boot = .elf(path)
            case .raw(let path, let pageSize): boot = .raw(path, pageSize: pageSize)
            case .bzImage(let path, let reason):
                events(.preparing("\(use.kernel.identity): booting the compressed image, because \(reason)"))
                boot = .bzImage(path)
            }
            return PreparedKernel(
                boot: boot, architecture: use.kernel.architecture, initramfs: initramfs, modules: moduleDisk,
                config: parts.config.flatMap { FileManager.default.contents(atPath: $0.string) }.map(Array.init),
                release: kernel.release, build: kernel.build)
        }
    }

    /// Turns an error into a cause, except cancellation, which ends the run. A full disk is always a harness failure.
    private func outcome<Value: Sendable>(_ cause: Cause, _ body: () async throws -> Value) async throws -> Result<Value, PreparationFailure> {
        do {
            return .success(try await body())
        } catch {
            if error is CancellationError || Task.isCancelled { throw CancellationError() }
            if let failure = error as? PreparationFailure {
                events(.warning(failure.reason))
                return .failure(failure)
            }
            events(.warning("\(error)"))
            if let error = error as? DiskImageError { return .failure(PreparationFailure(error, otherwise: .imageNotBuilt)) }
            let isOurs = error is CacheError
            return .failure(PreparationFailure(cause: isOurs ? .harness : cause, reason: "\(error)"))
        }
    }
}
