internal import Synchronization
public import SystemPackage

/// Tracks whether this machine's agent is ready, for the provisioning agent (through `--status`), the tag files and the console.
public final class Provisioning: ReadinessSink {
    /// The time limit of the parts, in milliseconds. Clients give up after 120 s, and need the reason before that.
    public static let limit = 90_000

    /// The state at one moment.
    public struct Answer: Hashable, Sendable {
        public let isFinished: Bool
        /// What is missing, one line for each part; empty when nothing is.
        public let errorMessage: String
    }

    fileprivate struct State {
        var ready: Set<ReadinessPart> = []
        var messages: [ReadinessPart: String] = [:]
        /// When it last finished, with or without success, in nanoseconds since 1970; nil while it is in progress.
        var finished: Int?
        var deadline: MonotonicTime
        var channel = "Unknown"
        /// The start of the query that last restarted it, by the client's clock.
        var asked = 0
    }

    private let state: Mutex<State>
    private let reports: ProvisionReports
    private let wallClock: @Sendable () -> Int
    /// Makes the key keeper poll the platform at once.
    private let wakeKeeper: Mutex<(@Sendable () -> Void)?> = Mutex(nil)

    /// - Parameters:
    ///   - tagFolder: Where `provisioned.tag` and `status.tag` go; nil for none.
    ///   - now: Nanoseconds since 1970; nil for the machine's clock.
    public convenience init(tagFolder: FilePath?, log: AgentLog, now: (@Sendable () -> Int)? = nil) {
        self.init(reports: ProvisionReports(folder: tagFolder, log: log), started: .now, now: now)
    }

    init(reports: ProvisionReports, started: MonotonicTime, now: (@Sendable () -> Int)? = nil) {
        self.reports = reports
        wallClock = now ?? { WallClock.nanoseconds }
        state = Mutex(State(deadline: started + Self.limit))
    }

    public func onNotify(_ wake: @escaping @Sendable () -> Void) { wakeKeeper.withLock { $0 = wake } }

    // MARK: What the parts say

    public func set(_ part: ReadinessPart, isReady: Bool, message: String) {
        let hasFinished = state.withLock { state in
            state.messages[part] = message
            let wasWhole = state.isWhole
            if isReady { state.ready.insert(part) } else { state.ready.remove(part) }
            guard state.isWhole, !wasWhole || state.finished == nil else { return false }
            state.finish(at: wallClock())
            return true
        }
        if hasFinished { reports.finished(error: "") }
    }

    public func explain(_ part: ReadinessPart, _ message: String) { state.withLock { $0.messages[part] = message } }

    public func channelIs(_ channel: String) { state.withLock { $0.channel = channel } }

    /// Ends provisioning with an error after the time limit. Called by the agent's main thread.
    /// - Returns: When to look again; nil when there is nothing to wait for.
    func check(at now: MonotonicTime = .now) -> MonotonicTime? {
        let outcome: (next: MonotonicTime?, error: String?) = state.withLock { state in
            guard state.finished == nil else { return (nil, nil) }
            guard state.deadline <= now else { return (state.deadline, nil) }
            state.finish(at: wallClock())
            return (nil, state.errorMessage)
        }
        if let error = outcome.error { reports.finished(error: error) }
        return outcome.next
    }

    // MARK: What is asked

    /// - Parameters:
    ///   - since: The start of the query, in nanoseconds since 1970. With the channel off, an earlier end of provisioning does not count.
    ///   - notify: Whether the agent should poll the platform again, because the platform's state may have changed.
    func answer(since: Int, notify: Bool) -> Answer {
        let (answer, mustWake) = state.withLock { state in
            let isOff = state.channel == "Unknown" || state.channel == "disabled"
            let isFinished = state.finished.map { $0 >= since || !isOff } ?? false
            guard notify, !isFinished else { return (Answer(isFinished: isFinished, errorMessage: state.errorMessage), false) }
            if isOff {
                state.ready.remove(.keyLatch)
                state.finished = nil
                state.channel = "Unknown"
                state.deadline = .now + Self.limit
                state.asked = min(since, wallClock())
            }
            return (Answer(isFinished: false, errorMessage: state.errorMessage), true)
        }
        if mustWake { wakeKeeper.withLock { $0 }?() }
        return answer
    }
}

extension Provisioning.State {
    fileprivate var isWhole: Bool { ready.count == ReadinessPart.allCases.count }

    /// The query that restarted provisioning must see this end, even if the clock was set back in the meantime.
    fileprivate mutating func finish(at now: Int) { finished = max(now, asked) }

    /// A line for each part that is not ready.
    fileprivate var errorMessage: String {
        ReadinessPart.allCases.filter { !ready.contains($0) }.map { "\($0.statusName) - \(messages[$0] ?? "Status unknown.")\r\n" }.joined()
    }
}

extension ReadinessPart {
    /// Its name in `status.json`.
    var statusName: String {
        switch self {
        case .redirector: "ebpfProgramStatus"
        case .keyLatch: "keyLatchStatus"
        case .listener: "proxyListenerStatus"
        }
    }
}
