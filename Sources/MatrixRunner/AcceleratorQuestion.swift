import QEMUGuest

/// Asks once what the guests of a run use, as soon as there is a kernel to try: a trial guest runs while the rest is prepared.
actor AcceleratorQuestion {
    private let ask: @Sendable (PreparedKernel) async throws -> AcceleratorProbe.Answer
    private var asking: Task<AcceleratorProbe.Answer, any Error>?

    init(_ ask: @escaping @Sendable (PreparedKernel) async throws -> AcceleratorProbe.Answer) { self.ask = ask }

    /// Begins with this kernel, unless it has begun.
    func begin(with kernel: PreparedKernel) { _ = task(kernel) }

    /// - Throws: What asking threw; `CancellationError`.
    func answer(with kernel: PreparedKernel) async throws -> AcceleratorProbe.Answer {
        let task = task(kernel)
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Ends a trial whose answer is not needed any more.
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
