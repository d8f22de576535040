import EvidenceStore
package import KernelCatalogue
import MatrixModel

/// Turns the selectors of a request into cells. Boots nothing; fetches indices, and images whose kernel only they name.
package struct MatrixPlanner {
    let request: MatrixRequest
    let catalogue: KernelCatalogue
    let given: ExplicitKernels
    let products: Products
    /// The checks of the conformance suite, which agents' known defects may name.
    let checks: Set<String>
    let events: @Sendable (PlanningEvent) -> Void

    package init(
        request: MatrixRequest, catalogue: KernelCatalogue, given: ExplicitKernels, products: Products, checks: Set<String>,
        events: @escaping @Sendable (PlanningEvent) -> Void
    ) {
        self.request = request
        self.catalogue = catalogue
        self.given = given
        self.products = products
        self.checks = checks
        self.events = events
    }

    /// - Throws: Errors that make the whole plan impossible, and `CancellationError`. A kernel that is not available becomes a cell with that
    ///   outcome.
    package func plan() async throws -> MatrixPlan {
        let (profiles, expired) = try agentProfiles()
        var offers: [Architecture: KernelOffers] = [:]
        var cells: [PlannedCell] = []
        var unavailable: [CellRecord] = []
        for axes in request.blocks {
            var own = try offers[axes.architecture] ?? KernelOffers(of: axes.architecture, for: request.blocks, catalogue, given, events: events)
            let (guests, missing) = try await guests(of: axes, &own)
            cells += MatrixPlan.expand(guests: guests, axes: axes, profiles: profiles, tier: request.tier, documentation: documentation)
            unavailable += missing
            offers[axes.architecture] = own
        }
        let refused = cells.compactMap { planned in
            planned.refusal.map { planned.record($0) }
        }
        let impossible = Set(refused.map(\.id))
        cells.removeAll { impossible.contains($0.cell.id.text) }
        let read = offers.sorted { $0.key < $1.key }.map(\.value)
        var plan = MatrixPlan(cells: cells, unavailable: unavailable + refused, warnings: Self.distinct(read.flatMap(\.warnings)) + expired)
        (plan.notes, plan.details) = (Self.distinct(read.flatMap(\.notes)), Self.distinct(read.flatMap(\.details)))
        return plan.settled(without: request.exclusions)
    }

    /// The lines without repetitions: suites of several architectures may have expired together.
    private static func distinct(_ lines: [String]) -> [String] {
        var seen: Set<String> = []
        return lines.filter { seen.insert($0).inserted }
    }

    /// The guests of a block with their kernels, and the records of those for which there is none.
    private func guests(of axes: MatrixAxes, _ offers: inout KernelOffers) async throws -> ([(GuestChoice, PlannedKernel)], missing: [CellRecord]) {
        var guests: [(GuestChoice, PlannedKernel)] = []
        var unavailable: [CellRecord] = []
        for wanted in axes.guests {
            let guest = try await offers.orBuiltFromPackages(wanted)
            for question in Self.questions(axes, guest) {
                switch try await offers.kernels(question) {
                case .success(let kernels): guests += kernels.map { (guest, $0) }
                case .failure(let failure): unavailable += missing(axes, guest, question.selector, failure)
                }
            }
        }
        return (guests, unavailable)
    }

    /// The kernels for a guest of a block: those that the block selects, or the guest's own.
    private static func questions(_ axes: MatrixAxes, _ guest: GuestChoice) -> [KernelQuestion] {
        guard axes.kernels.isEmpty || guest.bootsItself else { return axes.kernels.map(KernelQuestion.selector) }
        return switch guest {
        case .micro: []
        case .distribution(let distribution): [.ownOfDistribution(distribution)]
        case .image(let image): [.ownOfImage(image)]
        }
    }

    /// The cells of a selector without a match. They are part of the plan, with the reason as their outcome.
    private func missing(_ axes: MatrixAxes, _ guest: GuestChoice, _ selector: KernelSelector, _ failure: PreparationFailure) -> [CellRecord] {
        let documented = documentation(guest, nil)
        return axes.combinations(for: guest).map { point in
            let asked = CellAxes(
                guest: guest.name, architecture: axes.architecture, cgroup: point.layout, profile: point.profile?.rawValue,
                deployment: point.deployment?.rawValue, scenario: point.scenario.name, agent: point.agent?.name, bpf: point.program?.name)
            return CellRecord(
                unavailable: AskedCell(selector, asked), judgement: failure.judgement, documentation: documented)
        }
    }

    private func documentation(_ guest: GuestChoice, _ kernel: KernelIdentity?) -> CellDocumentation {
        catalogue.settings.distributions.documentation(of: guest.entry, on: kernel)
    }
}
