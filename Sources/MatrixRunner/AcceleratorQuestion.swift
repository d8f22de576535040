import QEMUGuest

/// Probes the accelerator once for all guests of a run, as soon as a kernel is ready. The trial guest runs while other artefacts are prepared.
actor AcceleratorQuestion {
    private let ask: @Sendable (PreparedKernel) async throws -> AcceleratorProbe.Answer
    private var asking: Task<AcceleratorProbe.Answer, any Error>?

    init(_ ask: @escaping @Sendable (PreparedKernel) async throws -> AcceleratorProbe.Answer) { self.ask = ask }

    /// Starts the probe with this kernel, unless it was started before.
    func begin(with kernel: PreparedKernel) { _ = task(kernel) }

    /// - Throws: The probe's error, or `CancellationError`.
    func answer(with kernel: PreparedKernel) async throws -> AcceleratorProbe.Answer {
        let task = task(kernel)
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Cancels the probe, if one runs, and waits for its end.
    func end() async {
        asking?.cancel()
        _ = await asking?.result
    }

    private func task(_ kernel: PreparedKernel) -> Task<AcceleratorProbe.Answer, any Error> {
        if let asking { return asking }
        let begun = Task { [ask] in try await ask(kernel) }
        asking = begun
        return begun
    }
}
