import GuestImages
import DiskImages
import EvidenceStore
import KernelCatalogue
import MatrixModel
import Probes

/// Turns selectors into cells.
struct MatrixPlanner {
    let request: MatrixRequest
    let catalogue: KernelCatalogue
    let given: ExplicitKernels
    let products: Products
    let events: @Sendable (RunnerEvent) -> Void

    func plan() async throws -> MatrixPlan {
        let (profiles, expired) = try agentProfiles()
        var offers: [Architecture: Offers] = [:]
        var cells: [MatrixPlan.PlannedCell] = []
        var unavailable: [CellRecord] = []
        for axes in request.blocks {
            var own = try offers[axes.architecture] ?? Offers(planner: self, axes.architecture)
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

    /// Each line once: the suites of several architectures are late together.
    private static func distinct(_ lines: [String]) -> [String] {
        var seen: Set<String> = []
        return lines.filter { seen.insert($0).inserted }
    }

    /// The profile of each agent of the blocks, and a warning for each known defect that excuses nothing any more.
    /// - Throws: `AgentProfileError`, `YAMLError`.
    func agentProfiles() throws -> ([AgentChoice: AgentProfile], warnings: [String]) {
        let agents = Set(request.blocks.flatMap { $0.agents.isEmpty ? [.own] : $0.agents })
        guard !agents.isEmpty else { return ([:], []) }
        let known = request.agentProfile == nil ? try products.agentProfiles() : nil
        var profiles: [AgentChoice: AgentProfile] = [:]
        for agent in agents { profiles[agent] = try request.agentProfile ?? known?.profile(of: agent) }
        let checks = Set(ConformanceGroup.checks.map(\.id))
        for profile in profiles.values {
            let unknown = profile.defects.compactMap(\.proof.conformanceCheck).filter { !checks.contains($0) }
            guard unknown.isEmpty else { throw AgentProfileError(.unknownCheck, subject: profile.name, others: unknown) }
        }
        guard let today = request.today else { return (profiles, []) }
        let warnings = Set(profiles.values.flatMap { $0.warnings(on: today) }).sorted()
        for warning in warnings { events(.warning(warning)) }
        return (profiles.mapValues { $0.holding(on: today) }, warnings)
    }

    /// What is on offer for an architecture; read when the first selector asks, for all blocks at once.
    private struct Offers {
        let planner: MatrixPlanner
        let architecture: Architecture
        let given: ExplicitKernels
        private let catalogue: KernelCatalogue
        private var listing: KernelListing?

        init(planner: MatrixPlanner, _ architecture: Architecture) throws {
            self.planner = planner
            self.architecture = architecture
            catalogue = try planner.catalogue.of(architecture)
            given = planner.given.of(architecture)
        }

        var warnings: [String] { listing?.warnings ?? [] }
        var notes: [String] { substitutions + (listing?.lateness.map { [$0] } ?? []) }
        /// What is built because it could not be fetched.
        var substitutions: [String] = []
        var details: [String] { listing?.details ?? [] }

        mutating func read() async throws -> KernelListing {
            if let listing { return listing }
            let blocks = planner.request.blocks.filter { $0.architecture == architecture }
            let own = blocks.filter(\.kernels.isEmpty).flatMap { $0.guests.compactMap { $0.distribution ?? $0.builtInstead } }
            let events = planner.events
            let read = try await catalogue.listing(for: blocks.flatMap(\.kernels), of: own) { event in
                events(event.isDetail ? .detail(event.description) : .preparing(event.description))
            }
            for warning in read.warnings { events(.warning(warning)) }
            for detail in read.details { events(.detail(detail)) }
            listing = read
            return read
        }
    }

    private func guests(of axes: MatrixAxes, _ offers: inout Offers) async throws -> ([(GuestChoice, PlannedKernel)], missing: [CellRecord]) {
        var guests: [(GuestChoice, PlannedKernel)] = []
        var unavailable: [CellRecord] = []
        func miss(_ guest: GuestChoice, _ selector: KernelSelector, _ cause: Cause, _ reason: String) {
            unavailable += missing(axes, guest, selector, cause, reason)
        }
        for wanted in axes.guests {
            let guest = try await reachable(wanted, &offers)
            if axes.kernels.isEmpty, let distribution = guest.distribution {
                let listing = try await offers.read()
                do throws(CatalogueError) {
                    let kernel = try distribution.kernel(in: listing)
                    guests.append((guest, PlannedKernel(identity: kernel.identity, source: .package(kernel), architecture: axes.architecture)))
                } catch {
                    miss(guest, .all(KernelPackaging(flavour: distribution.kernel.flavour)), listing.isComplete ? .notOffered : .fetchFailed, "\(error)")
                }
            }
            if axes.kernels.isEmpty || guest.bootsItself, let image = guest.image {
                switch try await offers.given.kernel(of: image) {
                case .success(let kernel): guests.append((guest, kernel))
                case .failure(let failure): miss(guest, .image(path: image.source.name), failure.cause, failure.reason)
                }
                continue
            }
            for selector in axes.kernels {
                if case .image(let path) = selector {
                    switch try await offers.given.kernel(path) {
                    case .success(let kernel): guests.append((guest, kernel))
                    case .failure(let failure): miss(guest, selector, failure.cause, failure.reason)
                    }
                    continue
                }
                let listing = try await offers.read()
                do throws(CatalogueError) {
                    guests += try listing.resolve(selector).map {
                        (guest, PlannedKernel(identity: $0.identity, source: .package($0), architecture: axes.architecture))
                    }
                } catch {
                    // Only when every suite was read it is known that nobody offers it.
                    miss(guest, selector, listing.isComplete ? .notOffered : .fetchFailed, "\(error)")
                }
            }
        }
        return (guests, unavailable)
    }

    /// The guest, or the same distribution built from its packages where its published image cannot be fetched.
    private func reachable(_ guest: GuestChoice, _ offers: inout Offers) async throws -> GuestChoice {
        guard let distribution = guest.builtInstead, let image = guest.image, case .failure(let failure) = try await offers.given.kernel(of: image),
            failure.cause == .fetchFailed
        else {
            return guest
        }
        let substitution = DistributionImages.substitution(distribution, failure.reason)
        if !offers.substitutions.contains(substitution) { offers.substitutions.append(substitution) }
        return .distribution(distribution)
    }

    /// A selector that nothing on offer satisfies becomes cells that say so: they are part of the answer.
    private func missing(_ axes: MatrixAxes, _ guest: GuestChoice, _ selector: KernelSelector, _ cause: Cause, _ reason: String) -> [CellRecord] {
        let judgement = Judgement(cause: cause, summary: reason)
        let documented = documentation(guest, nil)
        return axes.combinations(for: guest).map { point in
            let further = FurtherAxes(
                profile: point.profile?.rawValue, deployment: point.deployment?.rawValue, scenario: point.scenario.name, agent: point.agent?.name,
                bpf: point.program?.name)
            return CellRecord(
                unavailable: AskedCell(selector, guest: guest.name, architecture: axes.architecture, cgroup: point.layout, further: further),
                judgement: judgement, documentation: documented)
        }
    }

    private func documentation(_ guest: GuestChoice, _ kernel: KernelIdentity?) -> CellDocumentation {
        catalogue.settings.distributions.documentation(of: guest.entry, on: kernel)
    }
}
