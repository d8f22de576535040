import MatrixModel

/// Admits guests one after the other while there is memory for another one. The first guest is always admitted: the host may never have more
/// memory.
actor MemoryGate {
    private let host: @Sendable () -> HostResources
    private let memory: GuestMemory
    private let events: @Sendable (RunnerEvent) -> Void
    private let pause: @Sendable () async throws -> Void
    private var guests = 0

    init(
        memory: GuestMemory, events: @escaping @Sendable (RunnerEvent) -> Void, host: @escaping @Sendable () -> HostResources = { HostReader().read() },
        pause: @escaping @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(1)) }
    ) {
        self.host = host
        self.memory = memory
        self.events = events
        self.pause = pause
    }

    /// - Parameter size: The guest's memory in MiB.
    /// - Throws: `CancellationError` while waiting, or what the body throws.
    func withGuest<Value: Sendable>(_ id: CellID, size: Int, _ body: @Sendable () async throws -> Value) async throws -> Value {
        var isTold = false
        while guests > 0, let reason = host().shortage(for: memory.need(guest: size)) {
            if !isTold { events(.waitingForMemory(id, reason)) }
            isTold = true
            try await pause()
        }
        guests += 1
        defer { guests -= 1 }
        return try await body()
    }
}
