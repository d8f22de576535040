internal import Synchronization

/// Counts the proxy's requests and their outcomes, for the status. Bounded in number and in time.
public final class RequestLedger: Sendable {
    /// The limit of distinct entries in each list. Beyond it, a user's further programs share one entry, so that no user can displace another by
    /// starting many.
    static let largestList = 200
    /// The limit including shared entries. Beyond it requests only count in the total.
    static let largestListWithShared = 300
    /// Outcomes are counted by quarter of an hour, for four hours; in milliseconds.
    static let bucketLength = 15 * 60_000
    static let buckets = 16

    private struct Entry {
        let tally: Tally
        var groups: [String]?
    }

    /// The count of one entry. A connection keeps its last tally, so that a request like the last one needs no look-up.
    final class Tally: Sendable {
        private struct State {
            /// By the number of the quarter.
            var counts: [Int: Int] = [:]
            /// Whether the ledger has removed the tally, so that further counts would be lost.
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

        /// Forgets older quarters, and retires the tally if none is left.
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
        /// Forwarded although the rules deny it. Its answer is recorded separately.
        case audited
    }

    /// Counts the head of a request.
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
    ///   - answer: Evaluated only if the tally is not valid any more.
    ///   - tally: The tally of the last equal answer to the same caller; otherwise set to the new one.
    func recordAnswer(_ answer: @autoclosure () -> (caller: CallerClaims?, destination: Endpoint?, responseStatus: String), tally: inout Tally?) {
        let bucket = bucket
        if let tally, tally.count(bucket) { return }
        let (caller, destination, responseStatus) = answer()
        let key = ConnectionSummary.Key(caller: caller, destination: destination, responseStatus: responseStatus)
        tally = state.withLock { Self.count(key, caller?.groups, bucket, in: &$0.connections) }
    }

    private var bucket: Int { now() / Self.bucketLength }

    /// - Returns: The tally; nil when the ledger is full.
    private static func count(_ key: ConnectionSummary.Key, _ groups: [String]?, _ bucket: Int, in list: inout [ConnectionSummary.Key: Entry]) -> Tally? {
        var key = key
        if list[key] == nil, list.count >= largestList {
            expire(&list, bucket)
            if list.count >= largestList { key = key.shared }
            guard list[key] != nil || list.count < largestListWithShared else { return nil }
        }
        let tally = list[key]?.tally ?? Tally()
        list[key] = Entry(tally: tally, groups: groups)
        // Counting cannot fail: the list is locked, and only tallies outside of it are retired.
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
