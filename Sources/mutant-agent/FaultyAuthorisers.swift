import AgentCore
import Glibc

/// Allows everything.
struct PermissiveAuthoriser: Authoriser {
    func decision(service: PlatformService, target: @autoclosure () -> String, caller: CallerClaims) -> AuthorisationDecision { .allow }
}

/// Denies everything.
struct StrictAuthoriser: Authoriser {
    func decision(service: PlatformService, target: @autoclosure () -> String, caller: CallerClaims) -> AuthorisationDecision { .deny }
}

/// Decides by the user's id, whatever the claims say of root.
struct TrueUserAuthoriser: Authoriser {
    let rules: CurrentRules

    func decision(service: PlatformService, target: @autoclosure () -> String, caller: CallerClaims) -> AuthorisationDecision {
        let caller = CallerClaims(
            processID: caller.processID, userID: caller.userID, userName: caller.userName, groups: caller.groups, isRoot: caller.userID == 0,
            executable: caller.executable, commandLine: caller.commandLine)
        return rules.decision(service: service, target: target(), caller: caller)
    }
}

/// Denies callers whose process has exited by the time of the request.
struct LivingProcessAuthoriser: Authoriser {
    let rules: CurrentRules

    func decision(service: PlatformService, target: @autoclosure () -> String, caller: CallerClaims) -> AuthorisationDecision {
        // A zombie process still has a folder in /proc, but no executable any more.
        var name: CChar = 0
        guard readlink("/proc/\(caller.processID)/exe", &name, 1) > 0 else { return .deny }
        return rules.decision(service: service, target: target(), caller: caller)
    }
}
