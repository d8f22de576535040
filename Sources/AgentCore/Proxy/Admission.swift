internal import Synchronization

/// Counts the connections that are open, and says whether there is room for one more.
final class Admission: Sendable {
    enum Answer: Hashable {
        case admitted
        /// Whether it is the first since there was room: further ones are not worth a line in the log each.
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
            // Not at the first free place: around the limit each connection would be the first again.
            if state.open < limits.connections / 2 { state.isRefusing = false }
        }
    }
}
