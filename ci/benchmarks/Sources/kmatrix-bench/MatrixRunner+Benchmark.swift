@testable import MatrixRunner
import MatrixModel
@testable import QEMUGuest

extension MatrixRunner {
    /// What the cells of a benchmark need, and what they run with: each is attempted once, and boots unless the benchmark says otherwise.
    func prepareBenchmark(_ plan: MatrixPlan) async throws -> (prepared: PreparedArtefacts, context: CellContext) {
        let emulator = try await Emulator.find()
        let prepared = try await preparer.prepare(plan.cells)
        let chosen = try await chooseAccelerator(emulator, prepared.anyKernel)
        let context = CellContext(
            emulator: emulator, accelerator: chosen.accelerator, products: products, slots: slots, timeout: request.timeout, retries: 0, events: events)
        return (prepared, context)
    }
}
