import CloudImages
import EvidenceStore
import KernelCatalogue
import MatrixModel

/// Turns selectors into cells.
struct MatrixPlanner {
    let request: MatrixRequest
    let catalogue: KernelCatalogue
    let given: GivenKernels
    let events: @Sendable (RunnerEvent) -> Void

    func plan() async throws -> MatrixPlan {
        var guests: [(GuestChoice, PlannedKernel)] = []
        var unavailable: [CellRecord] = []
        var listing: KernelListing?
        func offers() async throws -> KernelListing {
            if let listing { return listing }
            let own = request.kernels.isEmpty ? request.guests.compactMap(\.distribution) : []
            let read = try await catalogue.listing(for: request.kernels, of: own) { events(.preparing($0.description)) }
            for warning in read.warnings { events(.warning(warning)) }
            listing = read
            return read
        }
        for guest in request.guests {
            if request.kernels.isEmpty, let distribution = guest.distribution {
                let offers = try await offers()
                do throws(CatalogueError) {
                    let kernel = try distribution.kernel(in: offers)
                    guests.append((guest, PlannedKernel(identity: kernel.identity, source: .package(kernel))))
                } catch {
                    unavailable += missing(guest, .all(KernelPackaging(flavour: distribution.kernel.flavour)), offers.isComplete ? .notOffered : .fetchFailed, "\(error)")
                }
            }
            if request.kernels.isEmpty || guest.bootsItself, let image = guest.image {
                switch try await given.kernel(of: image) {
                case .success(let kernel): guests.append((guest, kernel))
                case .failure(let failure): unavailable += missing(guest, .image(path: image.source.name), failure.cause, failure.reason)
                }
                continue
            }
            for selector in request.kernels {
                if case .image(let path) = selector {
                    switch try await given.kernel(path) {
                    case .success(let kernel): guests.append((guest, kernel))
                    case .failure(let failure): unavailable += missing(guest, selector, failure.cause, failure.reason)
                    }
                    continue
                }
                let offers = try await offers()
                do throws(CatalogueError) {
                    guests += try offers.resolve(selector).map { (guest, PlannedKernel(identity: $0.identity, source: .package($0))) }
                } catch {
                    // Only when every suite was read it is known that nobody offers it.
                    unavailable += missing(guest, selector, offers.isComplete ? .notOffered : .fetchFailed, "\(error)")
                }
            }
        }
        let cells = MatrixPlan.expand(guests: guests, request: request)
        let refused = cells.compactMap { planned in
            planned.refusal.map { CellRecord(cell: planned.cell, judgment: $0, evidence: nil, seconds: [:], attempts: 0) }
        }
        let impossible = Set(refused.map(\.id))
        return MatrixPlan(
            cells: cells.filter { !impossible.contains($0.cell.id.text) }, unavailable: unavailable + refused, warnings: listing?.warnings ?? [])
    }

    /// A selector that nothing on offer satisfies becomes cells that say so: they are part of the answer.
    private func missing(_ guest: GuestChoice, _ selector: KernelSelector, _ cause: Cause, _ reason: String) -> [CellRecord] {
        let judgment = Judgment(cause: cause, summary: reason)
        return request.combinations.map { point in
            CellRecord(
                unavailable: selector, guest: guest.name, layout: point.layout, profile: point.profile?.rawValue, deployment: point.deployment?.rawValue,
                scenario: point.scenario.name, agent: point.agent?.name, bpf: point.program?.name, judgment: judgment)
        }
    }
}
