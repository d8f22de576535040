internal import Glibc
internal import NIOCore
internal import NIOPosix
import JSON
public import SystemPackage

/// Runs the agent: listener, redirection and status, until a signal ends it.
///
/// One thread makes the decisions and waits for signals with a deadline. The proxy's connections have event loops of their own.
public final class AgentDaemon {
    /// In milliseconds.
    static let statusPeriod = 60_000
    /// The pauses between attempts, in milliseconds; the last one repeats.
    static let retryPauses = [5_000, 30_000, 60_000, 300_000]

    /// One event loop for each core, up to this number.
    static let mostEventLoops = 8

    private let configuration: AgentConfiguration
    private let executableFolder: FilePath?
    private let parts: AgentParts
    private let log: AgentLog
    private let started = MonotonicTime.now
    private let signals: StopSignals
    private let ledger = RequestLedger()
    private let audit = AuditBoard()
    private let policy: RedirectPolicy
    private let keys = CurrentKey()
    private let rules: CurrentRules
    private let provisioning: Provisioning
    private let clock = HostClock()
    private let status: StatusWriter
    private var redirection: Redirection?
    private var listener: (any Channel)?
    private var redirectorRetry = Retry()
    private var listenerRetry = Retry()

    /// When to retry a failed action.
    private struct Retry {
        var failures = 0
        var next: MonotonicTime?

        mutating func failed() {
            next = .now + AgentDaemon.retryPauses[min(failures, AgentDaemon.retryPauses.count - 1)]
            failures += 1
        }
        mutating func succeeded() { self = Retry() }
    }

    public init(configuration: AgentConfiguration, executableFolder: FilePath?, parts: AgentParts = AgentParts()) {
        signals = StopSignals()
        self.configuration = configuration
        self.executableFolder = executableFolder
        self.parts = parts
        log = AgentLog(
            folder: configuration.logFolder, fileLevel: configuration.fileLogLevel, systemLevel: configuration.systemLogLevel)
        policy = RedirectPolicy(log: log)
        rules = CurrentRules(
            localFolder: configuration.keyFolder.removingLastComponent().appending("rules"), snapshotFolder: configuration.logFolder, log: log)
        provisioning = Provisioning(tagFolder: configuration.keyFolder, log: log)
        status = StatusWriter(path: configuration.statusFile, ledger: ledger, log: log, transform: parts.statusDocument)
    }

    /// - Returns: The exit status.
    public func run() -> Int32 {
        let lock: InstanceLock?
        do throws(InstanceLock.Taken) {
            lock = try InstanceLock.take(in: configuration.keyFolder.removingLastComponent(), log: log)
        } catch {
            // The other agent's status must not be overwritten.
            log.log(.error, "\(error)")
            return 1
        }
        defer { withExtendedLifetime(lock) {} }
        log.log(.info, "\(AgentVersion.programName) \(AgentVersion.current) starts, pid \(getpid())")
        LibBPFLog.send(to: log)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(System.coreCount, Self.mostEventLoops))
        let proxy = ProxyServer(
            audit: audit, ledger: ledger, log: log, keys: keys, clock: clock, authoriser: parts.authoriser(rules),
            locals: [ProvisionEndpoint.path: ProvisionEndpoint(provisioning), AggregatedStatusEndpoint.path: AggregatedStatusEndpoint(status)],
            connectionLog: ConnectionLog(folder: configuration.logFolder, level: configuration.fileLogLevel), parts: parts.proxy)
        let keeper = keyKeeper(group)
        provisioning.onNotify { keeper.wake() }
        status.update { $0.redirector = ModuleStatus(.unknown, "eBPF redirector is starting") }
        startListener(proxy, group)
        startRedirector()
        keeper.start()
        var nextStatus = MonotonicTime.now + Self.statusPeriod
        while true {
            let deadline = [nextStatus, redirectorRetry.next, listenerRetry.next, provisioning.check()].compactMap { $0 }.min() ?? nextStatus
            if let signal = signals.wait(until: deadline) {
                log.log(.info, "Received signal \(signal), stopping")
                keeper.stop()
                stop(group)
                return 0
            }
            let now = MonotonicTime.now
            if let next = listenerRetry.next, next <= now { startListener(proxy, group) }
            if let next = redirectorRetry.next, next <= now {
                startRedirector()
                // The key keeper waited for the redirection, and need not wait for the next poll too.
                if redirection != nil { keeper.wake() }
            }
            if nextStatus <= now {
                refreshCounters()
                status.write()
                nextStatus = now + Self.statusPeriod
            }
        }
    }

    private var uptime: Int { MonotonicTime.now - started }

    private func keyKeeper(_ group: MultiThreadedEventLoopGroup) -> KeyKeeper {
        let (status, policy, parts) = (status, policy, parts)
        return KeyKeeper(
            KeyKeeper.Dependencies(
                client: HostClient(group: group, clock: clock), store: KeyStore(folder: configuration.keyFolder, log: log), keys: keys,
                clock: clock, policy: policy, redirected: parts.redirected, mayLatch: { parts.mayLatch(policy.isInForce) }, rules: rules,
                readiness: provisioning, log: log,
                publish: { module in status.update { $0.keyLatch = module } }),
            pollInterval: configuration.pollInterval * 1000, started: started)
    }

    private func startListener(_ proxy: ProxyServer, _ group: MultiThreadedEventLoopGroup) {
        let endpoint = Endpoint.proxy
        do {
            listener = try proxy.bind(address: endpoint.address, port: endpoint.port, group: group).wait()
            listenerRetry.succeeded()
            let message = "Started proxy listener, ready to accept request - \(uptime)"
            log.log(.info, message)
            status.update { $0.listener = ModuleStatus(.running, message) }
            provisioning.set(.listener, isReady: true, message: message)
        } catch {
            listenerRetry.failed()
            let message = "Failed to bind TcpListener '\(endpoint)': \(error)"
            log.log(.error, message)
            status.update { $0.listener = ModuleStatus(.stopped, message) }
            provisioning.set(.listener, isReady: false, message: message)
        }
    }

    private func startRedirector() {
        do {
            let redirection = try attempt()
            redirectorRetry.succeeded()
            self.redirection = redirection
            audit.install(redirection)
            policy.install(redirection)
            removeVerifierLog()
            let message = "Started Redirector with eBPF maps - \(uptime)"
            log.log(.info, message)
            status.update { $0.redirector = ModuleStatus(.running, message, states: states) }
            provisioning.set(.redirector, isReady: true, message: message)
        } catch {
            redirectorRetry.failed()
            log.log(.error, "Failed to start redirector: \(error)")
            if let text = error.verifierLog { writeVerifierLog(text) }
            // The message is the same for each attempt, so that the status does not change.
            status.update { $0.redirector = ModuleStatus(.stopped, "\(error)") }
            provisioning.set(.redirector, isReady: false, message: "\(error)")
        }
    }

    private func attempt() throws(RedirectorError) -> Redirection {
        let candidates = configuration.objectCandidates(executableFolder: executableFolder)
        guard let object = candidates.first(where: { $0.withPlatformString { access($0, F_OK) == 0 } }) else {
            throw .noObject(candidates)
        }
        return try Redirection.start(
            object: object, cgroup: parts.cgroup(configuration.cgroupRoot, log),
            proxy: .proxy, log: log)
    }

    private var states: [JSONValue.Member]? {
        guard let redirection else { return nil }
        return redirection.states + [JSONValue.Member("connectionsWithoutEntry", .string(String(audit.missed)))]
    }

    private func refreshCounters() {
        guard redirection != nil else { return }
        let states = states
        status.update { $0.redirector.states = states }
    }

    private func stop(_ group: MultiThreadedEventLoopGroup) {
        let states = states
        policy.install(nil)
        redirection?.stop()
        audit.install(nil)
        redirection = nil
        listener?.close(promise: nil)
        status.update {
            $0.keyLatch.state = .stopped
            $0.keyLatch.message = "poll_secure_channel_status task cancelled."
            if $0.redirector.state != .stopped {
                $0.redirector = ModuleStatus(.stopped, "Stop signal received, redirector stopped.", states: states)
            }
            if $0.listener.state != .stopped {
                $0.listener = ModuleStatus(.stopped, "Stop signal received, proxy listener stopped.")
            }
        }
        status.write()
        do { try group.syncShutdownGracefully() } catch { log.log(.warn, "Failed to stop the event loops: \(error)") }
        log.log(.info, "Stopped")
    }

    // MARK: The verifier's log, whole

    private var verifierLog: FilePath { configuration.statusFile.removingLastComponent().appending("verifier.log") }

    private func writeVerifierLog(_ text: String) {
        do {
            try BoundedFile.makeFolder(verifierLog.removingLastComponent())
            try BoundedFile.replace(verifierLog, with: text.utf8, permissions: FilePermissions(rawValue: 0o640))
        } catch {
            log.log(.warn, "Failed to write '\(verifierLog)': \(error)")
        }
    }

    /// The log of an earlier attempt is outdated.
    private func removeVerifierLog() {
        _ = verifierLog.withPlatformString { unlink($0) }
    }
}
