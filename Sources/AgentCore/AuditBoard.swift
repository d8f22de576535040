internal import Synchronization

/// Joins the proxy, which is there from the start, to the redirection, which may come later or go.
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

    /// Connections that came to the proxy without an entry and not for the agent itself: entries lost, or clients that connected directly.
    public var missed: UInt64 { state.withLock { $0.missed } }

    public func excuseMissing() { state.withLock { $0.missed &-= 1 } }

    public func consume(source: Endpoint) -> AuditEntry? {
        let current = state.withLock { $0.source }
        if let entry = current?.consume(source: source) { return entry }
        state.withLock { $0.missed += 1 }
        return nil
    }
}
