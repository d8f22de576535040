import EvidenceStore
import Foundation
import GuestImages
import GuestProtocol
import KernelCatalogue
import MatrixModel
public import MatrixPlanning
import QEMUGuest
public import SystemPackage

extension MatrixRunner {
    /// Boots the plan's only cell and gives its console to the user; returns when the guest is gone.
    ///
    /// - Throws: `RunnerError` when the plan has not exactly one cell or the shell's program is missing, `PreparationFailure`,
    ///   `GuestError`, `FabricError`, `CancellationError`.
    public func shell(_ plan: MatrixPlan, in path: FilePath) async throws {
        let planned = try onlyCell(of: plan)
        guard planned.guest == .micro else { throw RunnerError(.notForDistributions, subject: "a shell") }
        let busybox = try GuestTool.busybox(for: planned.cell.architecture)
        let emulator = try await Emulator.find(for: planned.cell.architecture)
        let preparer = preparer
        let kernel = try await preparer.kernel(of: planned)
        let payload = try await preparer.payload(try await preparer.payloadSpec(planned.content, busybox: busybox))
        let chosen = try await chooseAccelerator(emulator, kernel)

        try DurableFile.makeFolder(path)
        let artefacts = PreparedCell(kernel: kernel, payload: payload, distribution: nil)
        var boot = BootPlan.cell(artefacts, accelerator: chosen.accelerator, network: products.network, folder: path)
        boot.terminal = .inherited
        // A person may take as long as they like.
        boot.limits.total = .seconds(7 * 86_400)
        let guestPlan = GuestPlan(mode: .shell, layout: planned.cell.cgroup, agentPath: ArtefactPreparer.agentPath)
        let (outcome, _) = try await withGuestOnPlatform(boot, scenario: planned.scenario, emulator: emulator) { guest in
            for await message in guest.messages {
                if case .hello = message { try await guest.send(.plan(guestPlan)) }
            }
        }
        if case .emulatorExited(let status, let stderr) = outcome.ending { events(.warning("QEMU ended with \(status): \(stderr)")) }
        if case .hung = outcome.ending { events(.warning("the guest did not become ready; retry, or examine it with 'kmatrix run'")) }
    }

    /// - Throws: `RunnerError` with `notOneCell`.
    func onlyCell(of plan: MatrixPlan) throws -> PlannedCell {
        guard plan.cells.count == 1, let planned = plan.cells.first else {
            let found = plan.cells.isEmpty ? plan.unavailable.first.map(\.summary) ?? "no cell" : "\(plan.cells.count) cells"
            throw RunnerError(.notOneCell, subject: request.blocks.flatMap(\.kernels).map(\.description).joined(separator: " "), detail: found)
        }
        return planned
    }
}
