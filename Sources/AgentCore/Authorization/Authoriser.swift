/// Who decides whether a caller may make a request.
public protocol Authoriser: Sendable {
    /// - Parameter target: Evaluated only where a rule looks at it.
    func decision(service: PlatformService, target: @autoclosure () -> String, caller: CallerClaims) -> AuthorisationDecision
}

public enum AuthorisationDecision: Hashable, Sendable {
    case allow
    /// The rules say no, and are watched instead of enforced.
    case audit
    case deny
}

/// What holds without and before any rule: IMDS is for everybody, WireServer and HostGAPlugin are for root.
public struct BaselineAuthoriser: Authoriser {
    public init() {}

    public func decision(service: PlatformService, target: @autoclosure () -> String, caller: CallerClaims) -> AuthorisationDecision {
        service == .imds || caller.isRoot ? .allow : .deny
    }
}
