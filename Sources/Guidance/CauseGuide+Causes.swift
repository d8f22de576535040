public import MatrixModel

/// One line for each cause: a new one does not compile until it has its guide.
extension CauseGuide {
    public init(_ cause: Cause) {
        self =
            switch cause {
            case .verifierRejected: .verifierRejected
            case .loadFailed: .loadFailed
            case .noBTF: .noBTF
            case .lockdown: .lockdown
            case .securityModuleDenied: .securityModuleDenied
            case .missingPrivilege: .missingPrivilege
            case .kernelConfiguration: .kernelConfiguration
            case .jitFailed: .jitFailed
            case .coreRelocationFailed: .coreRelocationFailed
            case .mapNotCreated: .mapNotCreated
            case .linkNotCreated: .linkNotCreated
            case .attachNoCgroup2: .attachNoCgroup2
            case .attachOther: .attachOther
            case .agentCrashed: .agentCrashed
            case .agentSilent: .agentSilent
            case .agentStatusBroken: .agentStatusBroken
            case .listenerFailed: .listenerFailed
            case .notRedirected: .notRedirected
            case .notForwarded: .notForwarded
            case .eventsLost: .eventsLost
            case .statusContradicted: .statusContradicted
            case .misattributed: .misattributed
            case .keyNotLatched: .keyNotLatched
            case .requestsUnsigned: .requestsUnsigned
            case .signatureWrong: .signatureWrong
            case .wronglyDenied: .wronglyDenied
            case .wronglyAllowed: .wronglyAllowed
            case .identityMissing: .identityMissing
            case .dualStackNotRedirected: .dualStackNotRedirected
            case .redirectedTooMuch: .redirectedTooMuch
            case .keyLostOnRestart: .keyLostOnRestart
            case .scenarioContradicted: .scenarioContradicted
            case .notInstallable: .notInstallable
            case .agentNotInstalled: .agentNotInstalled
            case .readyWithoutKey: .readyWithoutKey
            case .keyNotOffered: .keyNotOffered
            case .kernelPanic: .kernelPanic
            case .kernelOops: .kernelOops
            case .bootPanic: .bootPanic
            case .emulatorHang: .emulatorHang
            case .emulatorExit: .emulatorExit
            case .evidenceLost: .evidenceLost
            case .guestSetup: .guestSetup
            case .protocolViolation: .protocolViolation
            case .consoleFlood: .consoleFlood
            case .timeout: .timeout
            case .harness: .harness
            case .guestLacks: .guestLacks
            case .otherKernel: .otherKernel
            case .provisioningUnproven: .provisioningUnproven
            case .notOffered: .notOffered
            case .fetchFailed: .fetchFailed
            case .notABootableKernel: .notABootableKernel
            case .imageNotBuilt: .imageNotBuilt
            case .layoutNotOffered: .layoutNotOffered
            case .profileNotOffered: .profileNotOffered
            }
    }

    public init(_ cause: FieldCause) {
        self =
            switch cause {
            case .agentNotRunning: .agentNotRunning
            case .agentNotHealthy: .agentNotHealthy
            case .kernelTooOld: .kernelTooOld
            case .cgroup2Unsupported: .cgroup2Unsupported
            case .keyLost: .keyLost
            case .keyRejected: .keyRejected
            case .keyResetNeeded: .keyResetNeeded
            case .platformUnreachable: .platformUnreachable
            case .windowsDriversNotRunning: .windowsDriversNotRunning
            case .windowsAgentNotRunning: .windowsAgentNotRunning
            case .notApplied: .notApplied
            case .controlPlaneRefused: .controlPlaneRefused
            case .provisioningUnhealthy: .provisioningUnhealthy
            case .cloudInitTooOld: .cloudInitTooOld
            case .statusStale: .statusStale
            }
    }
}
