/// Why a cell has its verdict, as a code that other tools may rely on.
public enum Cause: String, CaseIterable, Hashable, Sendable, Codable {
    case verifierRejected = "verifier-rejected"
    case loadFailed = "load-failed"
    case noBTF = "no-btf"
    /// The kernel's lockdown mode withholds what the program needs.
    case lockdown
    /// A security module (SELinux, AppArmor, BPF LSM) denied the bpf(2) call.
    case securityModuleDenied = "lsm-denied"
    /// The process lacks a capability, or its memory lock limit is too low, so the kernel never verified the program.
    case missingPrivilege = "missing-privilege"
    /// The kernel was built without an option that the program needs.
    case kernelConfiguration = "kernel-config"
    /// The program was verified, and the kernel's JIT compiler could not translate it.
    case jitFailed = "jit-failed"
    /// A CO-RE relocation found no match in the types of this kernel.
    case coreRelocationFailed = "core-relocation-failed"
    /// The kernel did not create one of the program's maps.
    case mapNotCreated = "map-not-created"
    /// The program was loaded, and the kernel did not create its link for a reason other than a missing cgroup v2.
    case linkNotCreated = "link-not-created"
    case attachNoCgroup2 = "attach-failed/no-cgroup2"
    case attachOther = "attach-failed/other"
    case agentCrashed = "agent-crashed"
    case agentSilent = "agent-silent"
    case agentStatusBroken = "agent-status-broken"
    case listenerFailed = "listener-failed"
    case notRedirected = "not-redirected"
    case notForwarded = "not-forwarded"
    case eventsLost = "events-lost"
    case statusContradicted = "status-contradicted"
    /// The agent works, but attributed a request to another client.
    case misattributed
    /// The agent runs and does not have the key that the platform would have given it.
    case keyNotLatched = "key-not-latched"
    /// Requests pass through the agent without the signature they should have.
    case requestsUnsigned = "requests-unsigned"
    /// The platform found a signature of the agent's to be wrong.
    case signatureWrong = "signature-wrong"
    /// The agent rejected what its rules allow, or forwarded what they forbid.
    case wronglyDenied = "wrongly-denied"
    case wronglyAllowed = "wrongly-allowed"
    /// Connections are redirected, but the agent does not know whose they are and refuses them all.
    case identityMissing = "identity-missing"
    /// IPv4 destinations that a client writes as IPv6 (`::ffff:a.b.c.d`) bypass the agent.
    case dualStackNotRedirected = "dual-stack-not-redirected"
    /// The agent redirects connections to other addresses than the platform's.
    case redirectedTooMuch = "redirected-too-much"
    case keyLostOnRestart = "key-lost-on-restart"
    /// The agent's status, or what its clients got, is not what the scenario demands of a working agent.
    case scenarioContradicted = "scenario-contradicted"
    /// The distribution's own tool could not install the agent's package.
    case notInstallable = "not-installable"
    /// The platform wants the agent, and the image does not have it.
    case agentNotInstalled = "agent-not-installed"
    /// Provisioning was reported as done before the agent had the key, which the platform does not accept as a success.
    case readyWithoutKey = "ready-without-key"
    /// The platform refuses to hand out a key, so an agent that works has none.
    case keyNotOffered = "key-not-offered"
    /// The kernel panicked once the agent had been started.
    case kernelPanic = "kernel-panic"
    /// The kernel reported an oops or a bug of its own once the agent had been started.
    case kernelOops = "kernel-oops"

    /// The kernel panicked before the agent came into play: nothing is proven about the agent.
    case bootPanic = "boot-panic"
    case emulatorHang = "emulator-hang"
    case emulatorExit = "emulator-exit"
    case evidenceLost = "evidence-lost"
    case guestSetup = "guest-setup"
    case protocolViolation = "protocol-violation"
    case consoleFlood = "console-flood"
    case timeout
    case harness
    /// The guest does not have something that the agent's profile says it needs.
    case guestLacks = "guest-lacks"
    /// The guest booted another kernel than the plan names.
    case otherKernel = "other-kernel"
    /// The guest's provisioning failed for a reason that is not known to be the agent's, or reported nothing.
    case provisioningUnproven = "provisioning-unproven"

    case notOffered = "not-offered"
    case fetchFailed = "fetch-failed"
    case notABootableKernel = "not-a-kernel"
    /// The distribution's root file system could not be built.
    case imageNotBuilt = "image-not-built"
    /// The kernel or distribution cannot be brought into this cgroup layout.
    case layoutNotOffered = "layout-not-offered"
    /// The kernel does not have what the boot profile switches on.
    case profileNotOffered = "profile-not-offered"

    /// Whose fault a cause is. The kernel, the configuration and the agent make a cell incompatible, the harness makes it inconclusive, an artefact
    /// unavailable.
    public enum Fault: String, Hashable, Sendable, Codable {
        case kernel, configuration, agent, harness, artefact
    }

    public var fault: Fault {
        switch self {
        case .verifierRejected, .loadFailed, .noBTF, .attachOther, .kernelPanic, .kernelOops, .kernelConfiguration, .jitFailed, .coreRelocationFailed,
            .mapNotCreated, .linkNotCreated:
            .kernel
        case .attachNoCgroup2, .lockdown, .securityModuleDenied, .missingPrivilege, .agentNotInstalled, .readyWithoutKey, .keyNotOffered: .configuration
        case .agentCrashed, .agentSilent, .agentStatusBroken, .listenerFailed, .notRedirected, .notForwarded, .eventsLost,
            .statusContradicted, .misattributed, .keyNotLatched, .requestsUnsigned, .signatureWrong, .wronglyDenied, .wronglyAllowed,
            .identityMissing, .dualStackNotRedirected, .redirectedTooMuch, .keyLostOnRestart, .scenarioContradicted, .notInstallable:
            .agent
        case .bootPanic, .emulatorHang, .emulatorExit, .evidenceLost, .guestSetup, .protocolViolation, .consoleFlood, .timeout, .harness, .guestLacks,
            .otherKernel,
            .provisioningUnproven:
            .harness
        case .notOffered, .fetchFailed, .notABootableKernel, .imageNotBuilt, .layoutNotOffered, .profileNotOffered: .artefact
        }
    }

    /// Whether a machine with too much to do, or an emulated network that lost something, can look like this once. Seen twice it is proof.
    public var mayBeChance: Bool {
        switch self {
        case .notForwarded, .keyNotLatched, .agentSilent: true
        default: false
        }
    }

    /// The verdict that follows from whose fault it is.
    public var verdict: Verdict {
        switch fault {
        case .kernel, .configuration, .agent: .incompatible
        case .harness: .inconclusive
        case .artefact: .unavailable
        }
    }
}
