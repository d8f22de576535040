import AgentBundles
import ArtefactCache
import CloudImages
import EvidenceStore
import Foundation
import GuestImages
import KernelCatalogue
import MatrixModel
import QEMUGuest
import SystemPackage

/// Fetches and builds what the cells of a plan boot, each thing once.
struct ArtefactPreparer: Sendable {
    let catalogue: KernelCatalogue
    let images: GuestImageBuilder
    let roots: DistributionImages
    let disks: DiskImageStore
    let products: Products
    let events: @Sendable (RunnerEvent) -> Void

    init(catalogue: KernelCatalogue, cache: ArtefactCache, products: Products, events: @escaping @Sendable (RunnerEvent) -> Void) {
        self.catalogue = catalogue
        images = GuestImageBuilder(cache: cache, runner: products.runner)
        roots = DistributionImages(packages: catalogue, cache: cache, events: events)
        disks = DiskImageStore(cache: cache, settings: DownloadSettings(catalogue))
        self.products = products
        self.events = events
    }

    /// Prepares every kernel and payload of the plan. What fails is an outcome of the cells that need it, not of the run.
    /// - Throws: `CancellationError` only.
    func prepare(_ cells: [MatrixPlan.PlannedCell]) async throws -> PreparedArtefacts {
        var prepared = PreparedArtefacts()
        for content in Set(cells.map(\.content)) {
            prepared.payloads[content] = try await outcome(.harness) { try await images.payload(payloadSpec(content)) }
        }
        // One after the other: each takes all of the machine.
        for distribution in Self.distinct(cells.compactMap(\.guest.distribution)) {
            prepared.images[distribution.name] = try await outcome(.imageNotBuilt) { GuestRoot(try await roots.image(of: distribution)) }
        }
        for guest in Set(cells.compactMap(\.guest.image)).sorted(by: { $0.name < $1.name }) {
            prepared.images[guest.name] = try await outcome(.imageNotBuilt) { try await root(of: guest) }
        }
        for asks in Set(cells.compactMap { $0.deployment?.asksForAgent }) {
            prepared.discs[asks] = try await outcome(.harness) { try await ProvisioningDisc(asksForAgent: asks).build(in: images.cache) }
        }
        let ofDistributions = Set(cells.filter { $0.guest != .micro }.map(\.kernel.identity))
        let fileSystems = Set(prepared.images.values.compactMap { try? $0.get().fileSystem }).subtracting(["ext4"]).sorted()
        try await withThrowingTaskGroup(of: (KernelIdentity, Result<PreparedKernel, PreparationFailure>).self) { group in
            var waiting = Self.distinct(cells.map(\.kernel))[...]
            func startNext() {
                guard let kernel = waiting.popFirst() else { return }
                group.addTask { (kernel.identity, try await prepare(kernel, isForDistribution: ofDistributions.contains(kernel.identity), fileSystems: fileSystems)) }
            }
            // Two at a time: one downloads while the other unpacks.
            for _ in 0..<2 { startNext() }
            while let (identity, result) = try await group.next() {
                prepared.kernels[identity] = result
                startNext()
            }
        }
        return prepared
    }

    private func root(of guest: ImageGuest) async throws -> GuestRoot {
        let system = try await disks.open(guest.source, modules: GuestImageBuilder.earlyModules) { events(.preparing($0)) }
        guard guest.boot == .ownLoader else { return GuestRoot(system, firmware: nil, seed: nil) }
        guard system.hasCloudInit else { throw RunnerError(.noCloudInit, subject: guest.source.name) }
        let firmware = try Firmwares.find(system.firmware)
        return GuestRoot(system, firmware: firmware, seed: try await SeedDisc(runner: products.runner).build(in: images.cache))
    }

    private func prepare(_ kernel: PlannedKernel, isForDistribution: Bool, fileSystems: [String]) async throws -> Result<PreparedKernel, PreparationFailure> {
        switch kernel.source {
        case .package(let package):
            // Without them there is no disk and no network in a guest, and what it would show were our fault.
            guard !package.lacksModules else {
                return .failure(
                    PreparationFailure(
                        cause: .fetchFailed,
                        reason: "the modules of \(package.identity.release) are in no signed index any more (\(package.identity.origin)); give an image with its modules, or choose another series"))
            }
            let files = try await outcome(.fetchFailed) { try await catalogue.fetch(package) { events(.preparing($0.description)) } }
            switch files {
            case .failure(let failure): return .failure(failure)
            case .success(let files): return try await build(kernel.identity, image: files.image, modules: files.modules, config: files.config, isForDistribution: isForDistribution, fileSystems: fileSystems)
            }
        case .file(let image, let modules):
            return try await build(kernel.identity, image: image, modules: modules, config: nil, isForDistribution: isForDistribution, fileSystems: fileSystems)
        case .ofImage(let image, let modules):
            // The image's root has all of its modules.
            return try await build(kernel.identity, image: image, modules: modules, config: nil, isForDistribution: false, fileSystems: fileSystems)
        }
    }

    private func build(
        _ identity: KernelIdentity, image: FilePath, modules: FilePath?, config: FilePath?, isForDistribution: Bool, fileSystems: [String]
    ) async throws -> Result<PreparedKernel, PreparationFailure> {
        try await outcome(.notABootableKernel) {
            let kernel = try await images.kernel(image: image)
            let initramfs = try await images.stage0(release: identity.release, modules: modules, fileSystems: fileSystems)
            var moduleDisk: FilePath?
            if isForDistribution, let modules { moduleDisk = try await roots.modules(release: identity.release, modules) }
            let boot: BootPlan.Kernel
            switch kernel.image {
            case .elf(let path): boot = .elf(path)
            case .bzImage(let path, let reason):
                events(.preparing("\(identity): booted as it came, for \(reason)"))
                boot = .bzImage(path)
            }
            return PreparedKernel(boot: boot, initramfs: initramfs, modules: moduleDisk, config: config.flatMap { FileManager.default.contents(atPath: $0.string) }.map(Array.init))
        }
    }

    /// The paths are upstream's own, so that a package of the agent can take the place of ours.
    func payloadSpec(_ content: GuestContent, busybox: FilePath? = nil) throws -> PayloadSpec {
        if content.isDistribution { return try packagePayload(content) }
        var items: [PayloadSpec.Item]
        switch content.agent {
        case .own:
            items = [
                PayloadSpec.Item(path: AgentBundle.executablePath, source: .file(products.agent), mode: 0o755),
                PayloadSpec.Item(path: AgentBundle.configurationPath, source: .bytes(AgentSettings.document)),
            ]
        case .bundle(let bundle):
            items = bundle.items.filter { content.program == nil || $0.path != AgentBundle.programPath }
        }
        if !items.contains(where: { $0.path == AgentBundle.programPath }) {
            items.append(PayloadSpec.Item(path: AgentBundle.programPath, source: .file(content.program?.object ?? products.nativeProgram)))
        }
        if let busybox { items.append(PayloadSpec.Item(path: "bin/busybox", source: .file(busybox), mode: 0o755)) }
        return PayloadSpec(items)
    }

    /// A distribution gets the agent as its package, and a configuration that looks at the platform once a second; a deployment the
    /// package alone, for there everything is to be as it is on the platform.
    private func packagePayload(_ content: GuestContent) throws -> PayloadSpec {
        if let deployment = content.deployment, !deployment.hasAgent { return PayloadSpec([]) }
        let package: FilePath
        var settings: [UInt8]
        switch content.agent {
        case .own: (package, settings) = (products.agentPackage, AgentSettings.document)
        case .bundle(let bundle):
            guard let file = bundle.package else { throw RunnerError(.noPackage, subject: bundle.name) }
            package = file
            settings = bundle.items.first { $0.path == AgentBundle.configurationPath }.flatMap { if case .bytes(let bytes) = $0.source { bytes } else { nil } } ?? AgentSettings.document
        }
        var items = [PayloadSpec.Item(path: Self.packagePath(content.agent.packageKind), source: .file(package))]
        if let program = content.program {
            items.append(PayloadSpec.Item(path: Self.programPath, source: .file(program.object)))
            settings = AgentSettings.document(settings, program: "/" + Self.programPath)
        }
        if content.deployment == .broken { settings = AgentSettings.broken }
        if content.deployment == nil || content.deployment == .broken || content.program != nil {
            items.append(PayloadSpec.Item(path: AgentBundle.configurationPath, source: .bytes(settings)))
        }
        return PayloadSpec(items)
    }

    private static let programPath = "run/kmatrix/program.bpf.o"

    /// Where the payload has the agent's package.
    static func packagePath(_ kind: String) -> String { "run/kmatrix/azure-proxy-agent.\(kind)" }

    static let agentPath = "/" + AgentBundle.executablePath

    private static func distinct(_ distributions: [Distribution]) -> [Distribution] {
        var seen: Set<Distribution> = []
        return distributions.filter { seen.insert($0).inserted }
    }

    private static func distinct(_ kernels: [PlannedKernel]) -> [PlannedKernel] {
        var seen: Set<KernelIdentity> = []
        return kernels.filter { seen.insert($0.identity).inserted }
    }

    /// Turns an error into the cause it stands for, except cancellation, which ends the run. A full disk is ours, whatever was done.
    private func outcome<Value: Sendable>(_ cause: Cause, _ body: () async throws -> Value) async throws -> Result<Value, PreparationFailure> {
        do {
            return .success(try await body())
        } catch {
            if error is CancellationError || Task.isCancelled { throw CancellationError() }
            events(.warning("\(error)"))
            if let error = error as? CloudImageError { return .failure(PreparationFailure(error, otherwise: .imageNotBuilt)) }
            let isOurs = error is CacheError
            return .failure(PreparationFailure(cause: isOurs ? .harness : cause, reason: "\(error)"))
        }
    }
}

/// What a guest's payload is made of.
struct GuestContent: Hashable, Sendable {
    var agent = AgentChoice.own
    var program: ProgramVariant?
    var isDistribution = false
    var deployment: Deployment?
}

extension MatrixPlan.PlannedCell {
    var content: GuestContent { GuestContent(agent: agent, program: program, isDistribution: guest != .micro, deployment: deployment) }
}

/// A kernel ready to boot.
struct PreparedKernel: Sendable {
    let boot: BootPlan.Kernel
    let initramfs: FilePath
    /// Its modules as a disk for a distribution's guest; nil when no cell asked for one or there are none.
    let modules: FilePath?
    /// The `.config` that came with it.
    let config: [UInt8]?
}

/// What one cell needs.
struct PreparedCell: Sendable {
    let kernel: PreparedKernel
    let payload: FilePath
    /// Nil for our own init alone.
    let distribution: PreparedDistribution?
}

/// What a distribution's guest needs beyond a kernel and a payload.
struct PreparedDistribution: Sendable {
    let root: GuestRoot
    /// Where the payload has the agent's package; nil for a guest without an agent.
    let package: String?
    /// The disc a deployment is told by who it is.
    let provisioning: FilePath?
}

/// Everything prepared for a plan.
struct PreparedArtefacts: Sendable {
    var kernels: [KernelIdentity: Result<PreparedKernel, PreparationFailure>] = [:]
    var payloads: [GuestContent: Result<FilePath, PreparationFailure>] = [:]
    /// By the guest's name.
    var images: [String: Result<GuestRoot, PreparationFailure>] = [:]
    /// By whether they ask for the agent.
    var discs: [Bool: Result<FilePath, PreparationFailure>] = [:]

    func artefacts(for planned: MatrixPlan.PlannedCell) -> Result<PreparedCell, PreparationFailure> {
        let missing = PreparationFailure(cause: .harness, reason: "nothing was prepared for this cell")
        let kernel = kernels[planned.kernel.identity] ?? .failure(missing)
        let payload = payloads[planned.content] ?? .failure(missing)
        guard planned.guest != .micro else {
            return kernel.flatMap { kernel in payload.map { PreparedCell(kernel: kernel, payload: $0, distribution: nil) } }
        }
        let image = images[planned.guest.name] ?? .failure(missing)
        let package = planned.deployment?.hasAgent == false ? nil : ArtefactPreparer.packagePath(planned.agent.packageKind)
        let disc: Result<FilePath?, PreparationFailure> = planned.deployment.map { (discs[$0.asksForAgent] ?? .failure(missing)).map(Optional.some) } ?? .success(nil)
        return kernel.flatMap { kernel in
            payload.flatMap { payload in
                disc.flatMap { disc in
                    image.map {
                        PreparedCell(kernel: kernel, payload: payload, distribution: PreparedDistribution(root: $0, package: package, provisioning: disc))
                    }
                }
            }
        }
    }

    /// The first kernel that is ready, for the accelerator's probe.
    var anyKernel: PreparedKernel? {
        kernels.sorted { $0.key < $1.key }.lazy.compactMap { try? $0.value.get() }.first
    }
}
