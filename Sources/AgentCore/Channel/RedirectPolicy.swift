internal import Synchronization

/// Which services are redirected: what the channel's state commands, joined to a redirection that may come later or go.
public final class RedirectPolicy: Sendable {
    private struct State {
        var redirection: Redirection?
        var wanted: Set<PlatformService> = []
        /// Nil where it is not known what the kernel has.
        var applied: Set<PlatformService>?
    }

    private let state = Mutex(State())
    private let log: AgentLog

    public init(log: AgentLog) { self.log = log }

    /// A fresh redirection redirects nothing yet.
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

    /// What is redirected now.
    public var active: Set<PlatformService> { state.withLock { $0.applied ?? [] } }

    /// Whether the kernel does what is wanted.
    public var isInForce: Bool { state.withLock { $0.redirection != nil && $0.applied == $0.wanted } }

    /// Brings the kernel to what is wanted; what fails is tried again at the next pass.
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
