internal import Synchronization

/// Connects the proxy, which exists from the start, with the redirection, which may start later or stop.
public final class AuditBoard: AuditSource {
    private struct State {
        var source: (any AuditSource)?
        var missed: UInt64 = 0
    }

    private let state = Mutex(State())

    public init(source: (any AuditSource)? = nil) {
        state.withLock { $0.source = source }
    }

    public func install(_ source: (any AuditSource)?) {
        state.withLock { $0.source = source }
    }

    /// Connections to the proxy without an entry, except those for the agent itself: their entries were lost, or the clients connected directly.
    public var missed: UInt64 { state.withLock { $0.missed } }

    public func excuseMissing() { state.withLock { $0.missed &-= 1 } }

    public func consume(source: Endpoint) -> AuditEntry? {
        let current = state.withLock { $0.source }
        if let entry = current?.consume(source: source) { return entry }
        state.withLock { $0.missed += 1 }
        return nil
    }
}
