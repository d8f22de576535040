internal import Synchronization

/// Counts the proxy's requests and their outcomes, for the status. Bounded.
public final class RequestLedger: Sendable {
    /// Distinct entries of each list; later ones are only in the total.
    static let largestList = 200

    private struct State {
        var requests: UInt64 = 0
        var connections: [ConnectionSummary.Key: Int] = [:]
        var refusals: [ConnectionSummary.Key: Int] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    public enum Outcome: Sendable {
        case answered, refused
        /// Would have been refused, and goes on: its answer is recorded for itself.
        case audited
    }

    /// One more request's head has come.
    public func countRequest() {
        state.withLock { $0.requests &+= 1 }
    }

    public func record(caller: CallerClaims?, destination: Endpoint?, responseStatus: String, outcome: Outcome) {
        let key = ConnectionSummary.Key(caller: caller, destination: destination, responseStatus: responseStatus)
        state.withLock { state in
            if outcome != .audited { Self.count(key, in: &state.connections) }
            if outcome != .answered { Self.count(key, in: &state.refusals) }
        }
    }

    private static func count(_ key: ConnectionSummary.Key, in list: inout [ConnectionSummary.Key: Int]) {
        guard list[key] != nil || list.count < largestList else { return }
        list[key, default: 0] += 1
    }

    func fill(_ status: inout AgentStatus) {
        let state = state.withLock { $0 }
        status.requests = state.requests
        status.connections = Self.sorted(state.connections)
        status.refusals = Self.sorted(state.refusals)
    }

    private static func sorted(_ list: [ConnectionSummary.Key: Int]) -> [ConnectionSummary] {
        let summaries = list.map { ConnectionSummary(key: $0.key, count: $0.value) }
        return summaries.sorted { ($1.count, $0.key.responseStatus) < ($0.count, $1.key.responseStatus) }
    }
}
