import ArtefactCache
import EvidenceStore
import Foundation
import KernelCatalogue
import MatrixModel
import MatrixPlanning
import MatrixRunner
import QEMUGuest
import SystemPackage

/// Turns options into a runner: the wiring that `run`, `plan` and `shell` share.
struct RunPreparation {
    let runner: MatrixRunner

    /// - Parameter matrix: The file that the axes name, where it was read already.
    init(
        axes: AxisOptions, matrix: MatrixFile? = nil, kernels: KernelOptions, guests: GuestOptions, proof: ProofTier = .standard, costs: CellCosts = .standard,
        endsRun: (@Sendable (CellRecord) -> Bool)? = nil, verification: SnapshotSample? = nil, events: @escaping @Sendable (RunnerEvent) -> Void
    ) async throws {
        let products = try Products(folder: Self.productsFolder())
        let (blocks, exclusions) = try await axes.blocks(products, matrix ?? axes.matrixFile())
        let request = try MatrixRequest(
            blocks: blocks, exclusions: exclusions, agentProfile: axes.agentProfile.map(products.agentProfile), today: .today(), tier: proof)
        let settings = try RunSettings(
            jobs: guests.jobs, costs: costs, timeout: .seconds(guests.timeout), retries: guests.retries, boot: guests.boot.choice,
            snapshotLimit: guests.snapshotBytes(), verification: verification, endsRun: endsRun)
        let cache = ArtefactCache.standard()
        runner = MatrixRunner(
            request: request, settings: settings, products: products, cache: cache, catalogue: KernelCatalogue(settings: try kernels.settings(cache: cache)),
            accelerator: guests.accel.choice, harness: KmatrixVersion.current, events: events)
    }

    /// The folder of the built products: next to this program, or where KMATRIX_PRODUCTS says.
    static func productsFolder(environment: [String: String] = ProcessInfo.processInfo.environment) -> FilePath {
        // The emulator works in another folder, so the path must not depend on this one.
        environment["KMATRIX_PRODUCTS"].map { FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath($0)).lexicallyNormalized() }
            ?? Products.beside()
    }
}
