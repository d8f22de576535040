import JSON

internal import Glibc
internal import Synchronization

/// Maintains the secure channel: polls the platform's status, obtains and latches the key, and updates redirection, rules and signatures. It
/// runs on a thread of its own. Every pass starts from the platform's current status, so the agent recovers without remembered state.
public final class KeyKeeper: Sendable {
    /// The parts that the keeper uses.
    public struct Dependencies: Sendable {
        let client: HostClient
        let store: KeyStore
        let keys: CurrentKey
        let clock: HostClock
        let policy: RedirectPolicy
        /// Selects the redirected services from the platform's status.
        let redirected: @Sendable (KeyStatus) -> Set<PlatformService>
        /// Whether a new key may be requested: only once the requests that must be signed reach the agent.
        let mayLatch: @Sendable () -> Bool
        let rules: (any RuleSink)?
        let readiness: (any ReadinessSink)?
        let log: AgentLog
        /// Publishes the `keyLatchStatus`.
        let publish: @Sendable (ModuleStatus) -> Void
    }

    /// Until the first answer: the pause between two polls, and how long this pause applies; in milliseconds.
    static let firstAnswerPause = 1_000
    static let firstAnswerPeriod = 300_000

    private let parts: Dependencies
    private let pollInterval: Int
    private let started: MonotonicTime
    private let wakeEvent = WakeEvent()
    private let isStopping = Mutex(false)
    private let thread = Mutex<pthread_t?>(nil)
    private let memory = Mutex(Memory())

    /// State from one pass to the next, used only for messages.
    private struct Memory {
        var channel: KeyStatus?
        var status = ModuleStatus(.unknown, "poll secure channel status task started.")
        /// How the current key was obtained.
        var readyWords = ""
    }

    /// - Parameter pollInterval: In milliseconds.
    init(_ parts: Dependencies, pollInterval: Int, started: MonotonicTime = .now) {
        self.parts = parts
        self.pollInterval = pollInterval
        self.started = started
    }

    // MARK: Life

    public func start() {
        say(.unknown, "poll secure channel status task started.")
        var identifier = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let outcome = pthread_create(
            &identifier, nil,
            { context in
                if let context { Unmanaged<KeyKeeper>.fromOpaque(context).takeRetainedValue().loop() }
                return nil
            }, context)
        guard outcome == 0 else {
            Unmanaged<KeyKeeper>.fromOpaque(context).release()
            return say(.stopped, "Failed to start the key keeper's thread: \(SystemErrorText(outcome))")
        }
        thread.withLock { $0 = identifier }
    }

    /// Asks the platform now instead of at the next poll.
    public func wake() { wakeEvent.signal() }

    /// Stops the thread and waits for its end. A pending call to the platform is cancelled.
    public func stop() {
        isStopping.withLock { $0 = true }
        wakeEvent.signal()
        parts.client.cancel()
        if let identifier = thread.withLock({ $0.take() }) { pthread_join(identifier, nil) }
        parts.keys.install(nil)
    }

    private func loop() {
        while !isStopping.withLock({ $0 }) {
            pass()
            let hasNoAnswer = memory.withLock { $0.channel == nil } && MonotonicTime.now - started < Self.firstAnswerPeriod
            wakeEvent.wait(milliseconds: hasNoAnswer ? min(Self.firstAnswerPause, pollInterval) : pollInterval)
        }
    }

    // MARK: A pass

    /// Polls the platform once, and applies the result.
    func pass() {
        let status: KeyStatus
        do {
            status = try parts.client.keyStatus(synchronising: parts.clock)
        } catch HostClient.Failure.cancelled {
            return
        } catch {
            // The previous state stays in force.
            let state = memory.withLock { $0.channel == nil ? .unknown : $0.status.state }
            let words = "Failed to get key status - \(error)"
            parts.readiness?.explain(.keyLatch, words)
            return say(state, words, level: .warn)
        }
        memory.withLock { $0.channel = status }
        parts.readiness?.channelIs(status.stateText)
        parts.rules?.update(remote: status.rules)
        parts.policy.want(parts.redirected(status))
        latch(status)
    }

    private func latch(_ status: KeyStatus) {
        if status.isDisabled {
            parts.keys.install(nil)
            return ready("Customer has not enforce the secure channel state.")
        }
        if let current = parts.keys.current {
            if let guid = status.keyGuid, guid.lowercased() == current.guid.lowercased() {
                return ready(nil)
            }
            // The platform released the key: it would reject requests signed with it.
            parts.log.log(.info, "The platform no longer uses key \(current.guid)")
            parts.keys.install(nil)
        }
        if let guid = status.keyGuid, let key = parts.store.load(guid) {
            parts.keys.install(key)
            return ready("Found key details from local and ready to use.")
        }
        do throws(LatchFailure) {
            // Once a key is latched the platform rejects unsigned requests. Without redirection all requests would fail, even cloud-init's
            // report that provisioning failed.
            guard parts.mayLatch() else {
                throw LatchFailure(description: "No key is latched before connections are redirected, which the eBPF program does not do yet.")
            }
            let key = try fresh()
            parts.keys.install(key)
            parts.store.prune(keeping: key.guid)
            ready("Successfully attest the key and ready to use.")
        } catch {
            say(.stopped, error.description, level: .error)
            parts.readiness?.set(.keyLatch, isReady: false, message: error.description)
        }
    }

    private struct LatchFailure: Error, CustomStringConvertible {
        let description: String
    }

    /// Obtains a new key. It is saved before it is attested, so that a key that the platform latches is always on disk.
    private func fresh() throws(LatchFailure) -> LatchedKey {
        let document: KeyDocument
        do { document = try parts.client.acquireKey() } catch { throw LatchFailure(description: "Failed to acquire key details: \(error)") }
        do { try parts.store.save(document) } catch { throw LatchFailure(description: "Failed to save key details to file: \(error)") }
        do { try parts.client.attest(document.key) } catch { throw LatchFailure(description: "Failed to attest the key: \(error)") }
        return document.key
    }

    // MARK: Words

    /// - Parameter message: Nil when nothing has changed since the key became ready.
    private func ready(_ message: String?) {
        let words = memory.withLock { memory in
            if let message, !memory.readyWords.hasPrefix(message) || message.hasPrefix("Successfully") {
                memory.readyWords = "\(message) - \(MonotonicTime.now - started)"
            }
            return memory.readyWords
        }
        say(.running, words)
        parts.readiness?.set(.keyLatch, isReady: true, message: words)
    }

    private func say(_ state: ModuleStatus.State, _ message: String, level: LogLevel = .info) {
        let isNew = memory.withLock { memory in
            defer { memory.status = ModuleStatus(state, message) }
            return memory.status.message != message
        }
        // The same problem is logged once, not at every poll.
        if isNew { parts.log.log(level, message) }
        refresh()
    }

    private func refresh() {
        let (status, channel) = memory.withLock { ($0.status, $0.channel) }
        var states: [JSONValue.Member] = [.init("secureChannelState", .string(channel?.stateText ?? "Unknown"))]
        if let key = parts.keys.current {
            states.append(.init("keyGuid", .string(key.guid)))
            if let incarnation = key.incarnation { states.append(.init("keyIncarnationId", .string(String(incarnation)))) }
        }
        states += [
            .init("wireServerRuleId", .string(channel?.ruleID(.wireServer) ?? "")), .init("imdsRuleId", .string(channel?.ruleID(.imds) ?? "")),
            .init("hostGARuleId", .string(channel?.ruleID(.hostGAPlugin) ?? "")),
        ]
        parts.publish(ModuleStatus(status.state, status.message, states: states))
    }
}
