import ArtefactCache
import GuestImages
import KernelCatalogue
import MatrixModel
import Probes
import SystemPackage
import TestSupport

@testable import MatrixPlanning

/// What a plan is made with: stand-in products, an empty cache and a catalogue that may not use the network, in a folder of the test's own.
struct PlanningBench {
    let folder: FilePath
    let products: Products
    let catalogue: KernelCatalogue
    let given: ExplicitKernels
    private let events: @Sendable (PlanningEvent) -> Void

    init(in folder: FilePath, events: @escaping @Sendable (PlanningEvent) -> Void = { _ in }) throws {
        self.folder = folder
        self.events = events
        try StandInProducts.make(in: folder)
        products = try Products(folder: folder)
        let cache = ArtefactCache(root: folder.appending("cache"))
        catalogue = KernelCatalogue(settings: CatalogueSettings(cache: cache, offline: true, environment: [:]))
        given = ExplicitKernels(
            images: GuestImageBuilder(cache: cache, runner: products.runner), catalogue: catalogue, products: products, events: events)
    }

    func planner(of blocks: [MatrixAxes], profile: AgentProfile? = nil, today: CalendarDay? = nil) -> MatrixPlanner {
        MatrixPlanner(
            request: MatrixRequest(blocks: blocks, agentProfile: profile, today: today), catalogue: catalogue, given: given, products: products,
            checks: Set(ConformanceGroup.checks.map(\.id)), events: events)
    }
}
