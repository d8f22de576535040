import EvidenceStore
import Foundation
import GuestImages
import KernelCatalogue
import MatrixModel
import SystemPackage

/// Turns selectors into cells.
struct MatrixPlanner {
    let request: MatrixRequest
    let catalogue: KernelCatalogue
    let images: GuestImageBuilder
    let events: @Sendable (RunnerEvent) -> Void

    func plan() async throws -> MatrixPlan {
        var kernels: [PlannedKernel] = []
        var unavailable: [CellRecord] = []
        var warnings: [String] = []
        var listing: KernelListing?
        for selector in request.kernels {
            if case .image(let path) = selector {
                do {
                    kernels.append(try await kernel(inFile: path))
                } catch let error as GuestImageError {
                    unavailable += missing(selector, .notABootableKernel, "\(error)")
                }
                continue
            }
            let offers: KernelListing
            if let listing {
                offers = listing
            } else {
                offers = try await catalogue.listing { events(.preparing($0.description)) }
                listing = offers
                warnings = offers.warnings
                for warning in warnings { events(.warning(warning)) }
            }
            do {
                kernels += try offers.resolve(selector).map { PlannedKernel(identity: $0.identity, source: .package($0)) }
            } catch {
                // Only when every suite was read it is known that nobody offers it.
                unavailable += missing(selector, offers.isComplete ? .notOffered : .fetchFailed, "\(error)")
            }
        }
        return MatrixPlan(
            cells: MatrixPlan.expand(kernels: kernels, request: request), unavailable: unavailable, warnings: warnings)
    }

    /// A selector that nothing on offer satisfies becomes cells that say so: they are part of the answer.
    private func missing(_ selector: KernelSelector, _ cause: Cause, _ reason: String) -> [CellRecord] {
        let judgment = Judgment(cause: cause, summary: reason)
        let agents: [AgentChoice?] = request.agents.isEmpty ? [nil] : request.agents
        let programs: [ProgramVariant?] = request.programs.isEmpty ? [nil] : request.programs
        return request.layouts.flatMap { layout in
            request.scenarios.named.flatMap { scenario in
                agents.flatMap { agent in
                    programs.map {
                        CellRecord(
                            unavailable: selector, layout: layout, scenario: scenario.name, agent: agent?.name, bpf: $0?.name, judgment: judgment)
                    }
                }
            }
        }
    }

    /// Reads what a kernel image says of itself, and looks for its modules where distributions keep them.
    private func kernel(inFile path: String) async throws -> PlannedKernel {
        let expanded = FilePath((path as NSString).expandingTildeInPath)
        let image = FilePath(FileManager.default.currentDirectoryPath).pushing(expanded).lexicallyNormalized()
        guard let release = try await images.kernel(image: image).release else {
            throw GuestImageError(.notAKernel, path: image, found: "an image that does not say its version")
        }
        let version = try KernelVersion(parsing: release.replacing("_", with: "-"))
        let folder = image.removingLastComponent()
        let candidates = [
            folder.appending("modules"), folder.removingLastComponent().appending("lib/modules/\(release)"),
            folder.removingLastComponent().appending("usr/lib/modules/\(release)"), FilePath("/lib/modules").appending(release),
            folder,
        ]
        let modules = candidates.first { FileManager.default.fileExists(atPath: $0.appending("modules.builtin").string) }
        let identity = KernelIdentity(version: version, flavour: .custom, release: release, origin: "file")
        return PlannedKernel(identity: identity, source: .file(image: image, modules: modules))
    }
}
