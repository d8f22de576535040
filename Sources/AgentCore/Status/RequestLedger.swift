internal import Synchronization

/// Counts the proxy's requests and their outcomes, for the status. Bounded in number and in time.
public final class RequestLedger: Sendable {
    /// Distinct entries of each list. Further programs of a user share one, so that no user can hide another by starting many.
    static let largestList = 200
    /// With the shared ones; what is beyond it is only in the total.
    static let largestListWithShared = 300
    /// Outcomes are kept by quarters of an hour, for four hours; in milliseconds.
    static let bucketLength = 15 * 60_000
    static let buckets = 16

    private struct Entry {
        /// How often, by the number of the quarter.
        var counts: [Int: Int] = [:]
        var groups: [String]?
    }

    private struct State {
        var requests: UInt64 = 0
        var connections: [ConnectionSummary.Key: Entry] = [:]
        var refusals: [ConnectionSummary.Key: Entry] = [:]
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Int

    /// - Parameter now: A clock in milliseconds that never goes back; nil for the machine's.
    public init(now: (@Sendable () -> Int)? = nil) { self.now = now ?? { MonotonicTime.now.milliseconds } }

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
        let bucket = now() / Self.bucketLength
        state.withLock { state in
            if outcome != .audited { Self.count(key, caller?.groups, bucket, in: &state.connections) }
            if outcome != .answered { Self.count(key, caller?.groups, bucket, in: &state.refusals) }
        }
    }

    private static func count(_ key: ConnectionSummary.Key, _ groups: [String]?, _ bucket: Int, in list: inout [ConnectionSummary.Key: Entry]) {
        var key = key
        if list[key] == nil, list.count >= largestList {
            expire(&list, bucket)
            if list.count >= largestList { key = key.shared }
            guard list[key] != nil || list.count < largestListWithShared else { return }
        }
        list[key, default: Entry()].counts[bucket, default: 0] += 1
        list[key]?.groups = groups
    }

    private static func expire(_ list: inout [ConnectionSummary.Key: Entry], _ bucket: Int) {
        list = list.compactMapValues { entry in
            let counts = entry.counts.filter { $0.key > bucket - buckets }
            return counts.isEmpty ? nil : Entry(counts: counts, groups: entry.groups)
        }
    }

    func fill(_ status: inout AgentStatus) {
        let bucket = now() / Self.bucketLength
        let (requests, connections, refusals) = state.withLock { state in
            Self.expire(&state.connections, bucket)
            Self.expire(&state.refusals, bucket)
            return (state.requests, state.connections, state.refusals)
        }
        status.requests = requests
        status.connections = Self.sorted(connections)
        status.refusals = Self.sorted(refusals)
    }

    private static func sorted(_ list: [ConnectionSummary.Key: Entry]) -> [ConnectionSummary] {
        let summaries = list.map { ConnectionSummary(key: $0.key, count: $0.value.counts.values.reduce(0, +), groups: $0.value.groups) }
        return summaries.sorted { ($1.count, $0.key.responseStatus) < ($0.count, $1.key.responseStatus) }
    }
}
