import DiskImages
import KernelCatalogue
import MatrixModel
import MatrixPlanning
import QEMUGuest
import SystemPackage

/// What has been prepared of what cells need, or why it could not be.
struct PreparedArtefacts: Sendable {
    var payloads: [GuestContent: Result<FilePath, PreparationFailure>] = [:]
    var roots: [GuestChoice: Result<GuestRoot, PreparationFailure>] = [:]
    /// By whether they ask for the agent.
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

    /// What a cell needs, or why it cannot be obtained; nil as long as some of it is still to be prepared.
    func artefacts(for planned: PlannedCell) -> Result<PreparedCell, PreparationFailure>? {
        guard let kernel = kernels[KernelUse(planned)], let payload = payloads[planned.content] else { return nil }
        guard planned.guest != .micro else {
            return kernel.flatMap { kernel in payload.map { PreparedCell(kernel: kernel, payload: $0, distribution: nil) } }
        }
        var disc: Result<FilePath?, PreparationFailure> = .success(nil)
        if let asks = planned.deployment?.asksForAgent {
            guard let found = discs[asks] else { return nil }
            disc = found.map(Optional.some)
        }
        guard let root = roots[planned.guest] else { return nil }
        let tables: FilePath?
        switch Self.tables(of: planned) {
        case .success(let found): tables = found
        case .failure(let failure): return .failure(failure)
        }
        let package = planned.deployment?.hasAgent == false ? nil : ArtefactPreparer.packagePath(planned.agent.packageKind)
        return kernel.flatMap { kernel in
            payload.flatMap { payload in
                disc.flatMap { disc in
                    root.map {
                        PreparedCell(
                            kernel: kernel, payload: payload, distribution: PreparedDistribution(root: $0, package: package, provisioning: disc, tables: tables)
                        )
                    }
                }
            }
        }
    }

    /// What a deployment's kernel finds the platform's marks with, where it needs help.
    private static func tables(of planned: PlannedCell) -> Result<FilePath?, PreparationFailure> {
        let architecture = planned.cell.architecture
        guard planned.deployment != nil, !planned.guest.bootsItself, architecture.needsFirmwareForSMBIOS else { return .success(nil) }
        do {
            return .success(try Firmwares.uefi(for: architecture))
        } catch {
            return .failure(PreparationFailure(error, otherwise: .imageNotBuilt))
        }
    }

    /// A kernel that is ready, for the accelerator's probe; the same one each time.
    var anyKernel: PreparedKernel? { anyKernels.first }

    /// One ready kernel of each architecture.
    var anyKernels: [PreparedKernel] {
        Architecture.allCases.compactMap { architecture in anyKernel(of: architecture) }
    }

    private func anyKernel(of architecture: Architecture) -> PreparedKernel? {
        kernels.filter { $0.key.kernel.architecture == architecture }.sorted {
            ($0.key.kernel.identity, $0.key.guest.name) < ($1.key.kernel.identity, $1.key.guest.name)
        }.lazy.compactMap { try? $0.value.get() }.first
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
