@testable import MatrixPlanning
@testable import MatrixRunner
import MatrixModel
@testable import QEMUGuest

extension MatrixRunner {
    /// What the cells of a benchmark need, and what they run with: each is attempted once, and boots unless the benchmark says otherwise.
    func prepareBenchmark(_ plan: MatrixPlan) async throws -> (prepared: PreparedArtefacts, contexts: [Architecture: CellContext]) {
        let prepared = try await preparer.prepare(plan.cells)
        var contexts: [Architecture: CellContext] = [:]
        for kernel in prepared.anyKernels {
            let emulator = try await Emulator.find(for: kernel.architecture)
            let chosen = try await chooseAccelerator(emulator, kernel)
            contexts[kernel.architecture] = CellContext(
                emulator: emulator, accelerator: chosen.accelerator, products: products, slots: slots, timeout: settings.timeout, retries: 0, events: events)
        }
        return (prepared, contexts)
    }

    /// The same for cells of this machine's architecture alone.
    /// - Throws: `BenchmarkFailure` also when no kernel could be prepared.
    func prepareOwnBenchmark(_ plan: MatrixPlan) async throws -> (prepared: PreparedArtefacts, context: CellContext) {
        let (prepared, contexts) = try await prepareBenchmark(plan)
        guard let context = contexts[.host] else { throw BenchmarkFailure("nothing could be measured", detail: "no kernel of this machine's architecture") }
        return (prepared, context)
    }
}
