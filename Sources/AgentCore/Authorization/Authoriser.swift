/// Decides whether a caller may make a request.
public protocol Authoriser: Sendable {
    /// - Parameter target: Evaluated only if a rule needs it.
    func decision(service: PlatformService, target: @autoclosure () -> String, caller: CallerClaims) -> AuthorisationDecision
}

public enum AuthorisationDecision: Hashable, Sendable {
    case allow
    /// The rules deny the request, but are only audited and not enforced.
    case audit
    case deny
}

/// The decisions without rules: IMDS is open to everyone, WireServer and HostGAPlugin only to root.
public struct BaselineAuthoriser: Authoriser {
    public init() {}

    public func decision(service: PlatformService, target: @autoclosure () -> String, caller: CallerClaims) -> AuthorisationDecision {
        service == .imds || caller.isRoot ? .allow : .deny
    }
}
