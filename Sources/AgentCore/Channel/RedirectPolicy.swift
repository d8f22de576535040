internal import Synchronization

/// Redirects the services that the channel's state requires, through a redirection that may start later or stop.
public final class RedirectPolicy: Sendable {
    private struct State {
        var redirection: Redirection?
        var wanted: Set<PlatformService> = []
        /// The services that the kernel redirects; nil if that is unknown after an error.
        var applied: Set<PlatformService>?
    }

    private let state = Mutex(State())
    private let log: AgentLog

    public init(log: AgentLog) { self.log = log }

    /// A new redirection redirects nothing yet.
    func install(_ redirection: Redirection?) {
        state.withLock {
            $0.redirection = redirection; $0.applied = redirection == nil ? nil : []
        }
        apply()
    }

    public func want(_ services: Set<PlatformService>) {
        state.withLock { $0.wanted = services }
        apply()
    }

    /// The services that are redirected now.
    public var active: Set<PlatformService> { state.withLock { $0.applied ?? [] } }

    /// Whether the kernel redirects exactly the wanted services.
    public var isInForce: Bool { state.withLock { $0.redirection != nil && $0.applied == $0.wanted } }

    /// Applies the wanted services in the kernel. A failure is retried at the next pass.
    public func apply() {
        state.withLock { state in
            guard let redirection = state.redirection, state.applied != state.wanted else { return }
            do throws(RedirectorError) {
                for service in PlatformService.allCases {
                    if state.wanted.contains(service) {
                        try redirection.redirect(service.endpoint)
                    } else {
                        try redirection.stopRedirecting(service.endpoint)
                    }
                }
                state.applied = state.wanted
            } catch {
                state.applied = nil
                log.log(.error, "Failed to set which services are redirected: \(error)")
            }
        }
    }
}
