import DiskImages
import KernelCatalogue
import MatrixModel
import MatrixPlanning
import QEMUGuest
import SystemPackage

/// The artefacts that have been prepared, or why they could not be.
struct PreparedArtefacts: Sendable {
    var payloads: [GuestContent: Result<FilePath, PreparationFailure>] = [:]
    var roots: [GuestChoice: Result<GuestRoot, PreparationFailure>] = [:]
    /// The provisioning discs: with `true` the one that asks for the agent.
    var discs: [Bool: Result<FilePath, PreparationFailure>] = [:]
    var files: [PlannedKernel: Result<KernelParts, PreparationFailure>] = [:]
    var kernels: [KernelUse: Result<PreparedKernel, PreparationFailure>] = [:]

    mutating func add(_ others: PreparedArtefacts) {
        payloads.merge(others.payloads) { $1 }
        roots.merge(others.roots) { $1 }
        discs.merge(others.discs) { $1 }
        files.merge(others.files) { $1 }
        kernels.merge(others.kernels) { $1 }
    }

    func has(_ artefact: Artefact) -> Bool {
        switch artefact {
        case .payload(let content): payloads[content] != nil
        case .builtRoot(let distribution): roots[.distribution(distribution)] != nil
        case .imageRoot(let image): roots[.image(image)] != nil
        case .disc(let asks): discs[asks] != nil
        case .files(let kernel): files[kernel] != nil
        case .kernel(let use): kernels[use] != nil
        }
    }

    /// The artefacts of a cell, or why one is not available; nil while some are still to be prepared.
    func artefacts(for planned: PlannedCell) -> Result<PreparedCell, PreparationFailure>? {
        guard Artefact.all(for: planned).allSatisfy(has) else { return nil }
        return Result { () throws(PreparationFailure) in
            PreparedCell(
                kernel: try Self.made(kernels[KernelUse(planned)]), payload: try Self.made(payloads[planned.content]),
                distribution: planned.guest == .micro ? nil : try distribution(of: planned))
        }
    }

    private func distribution(of planned: PlannedCell) throws(PreparationFailure) -> PreparedDistribution {
        var disc: FilePath?
        if let asks = planned.deployment?.asksForAgent { disc = try Self.made(discs[asks]) }
        return PreparedDistribution(
            root: try Self.made(roots[planned.guest]),
            package: planned.deployment?.hasAgent == false ? nil : ArtefactPreparer.packagePath(planned.agent.packageKind), provisioning: disc,
            tables: try Self.tables(of: planned))
    }

    private static func made<Value>(_ outcome: Result<Value, PreparationFailure>?) throws(PreparationFailure) -> Value {
        guard let outcome else { throw PreparationFailure(cause: .harness, reason: "kmatrix did not prepare what the cell needs") }
        return try outcome.get()
    }

    /// The firmware through which a deployment's kernel finds the platform's SMBIOS tables; nil if it needs none.
    private static func tables(of planned: PlannedCell) throws(PreparationFailure) -> FilePath? {
        let architecture = planned.cell.architecture
        guard planned.deployment != nil, !planned.guest.bootsItself, architecture.needsFirmwareForSMBIOS else { return nil }
        do throws(DiskImageError) {
            return try Firmwares.uefi(for: architecture)
        } catch {
            throw PreparationFailure(error, otherwise: .imageNotBuilt)
        }
    }

    /// One ready kernel of each architecture, for the accelerator's probe; the same ones each time.
    var anyKernels: [PreparedKernel] {
        let ready = kernels.sorted { ($0.key.kernel.identity, $0.key.guest.name) < ($1.key.kernel.identity, $1.key.guest.name) }
            .compactMap { try? $0.value.get() }
        return Architecture.allCases.compactMap { architecture in ready.first { $0.architecture == architecture } }
    }
}

/// The files of a kernel as it came.
struct KernelParts: Sendable {
    let image: FilePath
    let modules: FilePath?
    let config: FilePath?
}

extension KernelParts {
    init(_ files: KernelFiles) { self.init(image: files.image, modules: files.modules, config: files.config) }
}
