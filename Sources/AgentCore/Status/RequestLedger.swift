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
        let tally: Tally
        var groups: [String]?
    }

    /// How often one line of a list was met. Connections keep theirs, so that a request like the last one needs no look-up.
    final class Tally: Sendable {
        private struct State {
            /// By the number of the quarter.
            var counts: [Int: Int] = [:]
            /// Whether the ledger has let go of it, so that what is counted here would be lost.
            var isRetired = false
        }

        private let state = Mutex(State())

        /// - Returns: Whether it was counted.
        func count(_ bucket: Int) -> Bool {
            state.withLock { state in
                guard !state.isRetired else { return false }
                state.counts[bucket, default: 0] += 1
                return true
            }
        }

        /// Forgets what is older than that quarter, and retires where nothing is left.
        /// - Returns: Whether something is left.
        fileprivate func expire(before bucket: Int) -> Bool {
            state.withLock { state in
                state.counts = state.counts.filter { $0.key >= bucket }
                state.isRetired = state.counts.isEmpty
                return !state.isRetired
            }
        }

        fileprivate var total: Int { state.withLock { $0.counts.values.reduce(0, +) } }
    }

    private struct State {
        var connections: [ConnectionSummary.Key: Entry] = [:]
        var refusals: [ConnectionSummary.Key: Entry] = [:]
    }

    private let state = Mutex(State())
    private let requests = Atomic<UInt64>(0)
    private let now: @Sendable () -> Int

    /// - Parameter now: A clock in milliseconds that never goes back; nil for the machine's.
    public init(now: (@Sendable () -> Int)? = nil) { self.now = now ?? { MonotonicTime.now.milliseconds } }

    public enum Outcome: Sendable {
        case answered, refused
        /// Would have been refused, and goes on: its answer is recorded for itself.
        case audited
    }

    /// One more request's head has come.
    public func countRequest() { requests.add(1, ordering: .relaxed) }

    public func record(caller: CallerClaims?, destination: Endpoint?, responseStatus: String, outcome: Outcome) {
        let key = ConnectionSummary.Key(caller: caller, destination: destination, responseStatus: responseStatus)
        let bucket = bucket
        state.withLock { state in
            if outcome != .audited { _ = Self.count(key, caller?.groups, bucket, in: &state.connections) }
            if outcome != .answered { _ = Self.count(key, caller?.groups, bucket, in: &state.refusals) }
        }
    }

    /// Records an answer.
    /// - Parameters:
    ///   - answer: Evaluated only where the tally does not know it.
    ///   - tally: The one that the same answer to the same caller was counted in before; receives it otherwise.
    func recordAnswer(_ answer: @autoclosure () -> (caller: CallerClaims?, destination: Endpoint?, responseStatus: String), tally: inout Tally?) {
        let bucket = bucket
        if let tally, tally.count(bucket) { return }
        let (caller, destination, responseStatus) = answer()
        let key = ConnectionSummary.Key(caller: caller, destination: destination, responseStatus: responseStatus)
        tally = state.withLock { Self.count(key, caller?.groups, bucket, in: &$0.connections) }
    }

    private var bucket: Int { now() / Self.bucketLength }

    /// - Returns: Where it was counted; nil when the ledger is full.
    private static func count(_ key: ConnectionSummary.Key, _ groups: [String]?, _ bucket: Int, in list: inout [ConnectionSummary.Key: Entry]) -> Tally? {
        var key = key
        if list[key] == nil, list.count >= largestList {
            expire(&list, bucket)
            if list.count >= largestList { key = key.shared }
            guard list[key] != nil || list.count < largestListWithShared else { return nil }
        }
        let tally = list[key]?.tally ?? Tally()
        list[key] = Entry(tally: tally, groups: groups)
        // The list is locked, and only what is not in it is retired.
        _ = tally.count(bucket)
        return tally
    }

    private static func expire(_ list: inout [ConnectionSummary.Key: Entry], _ bucket: Int) {
        list = list.filter { $0.value.tally.expire(before: bucket - buckets + 1) }
    }

    func fill(_ status: inout AgentStatus) {
        let bucket = bucket
        let (connections, refusals) = state.withLock { state in
            Self.expire(&state.connections, bucket)
            Self.expire(&state.refusals, bucket)
            return (state.connections, state.refusals)
        }
        status.requests = requests.load(ordering: .relaxed)
        status.connections = Self.sorted(connections)
        status.refusals = Self.sorted(refusals)
    }

    private static func sorted(_ list: [ConnectionSummary.Key: Entry]) -> [ConnectionSummary] {
        let summaries = list.map { ConnectionSummary(key: $0.key, count: $0.value.tally.total, groups: $0.value.groups) }
        return summaries.sorted { ($1.count, $0.key.responseStatus) < ($0.count, $1.key.responseStatus) }
    }
}
