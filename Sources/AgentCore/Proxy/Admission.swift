internal import Synchronization

/// Limits the number of open connections.
final class Admission: Sendable {
    enum Answer: Hashable {
        case admitted
        /// Whether this is the first rejection since there was room; only that one is logged.
        case refused(isFirst: Bool)
    }

    private struct State {
        var open = 0
        var isRefusing = false
    }

    private let limits: ProxyLimits
    private let state = Mutex(State())

    init(_ limits: ProxyLimits) { self.limits = limits }

    func enter(isRoot: Bool) -> Answer {
        let room = isRoot ? limits.connections : limits.connections - limits.connectionsForRoot
        return state.withLock { state in
            guard state.open < room else {
                defer { state.isRefusing = true }
                return .refused(isFirst: !state.isRefusing)
            }
            state.open += 1
            return .admitted
        }
    }

    func leave() {
        state.withLock { state in
            state.open -= 1
            // Not at the first free place, because near the limit every rejection would be a first one.
            if state.open < limits.connections / 2 { state.isRefusing = false }
        }
    }
}
