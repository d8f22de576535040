import MatrixModel

extension Cause {
    /// What happened, in one sentence for readers of a table.
    var meaning: String {
        switch self {
        case .verifierRejected: "The kernel's verifier refused the program."
        case .loadFailed: "The program could not be loaded for another reason than the verifier's."
        case .noBTF: "The program needs the kernel's own BTF, which is not there."
        case .attachNoCgroup2: "cgroup v2 is mounted nowhere, so there is nothing to attach to."
        case .attachOther: "The attach failed although cgroup v2 is mounted."
        case .agentCrashed: "The agent ended by itself."
        case .agentSilent: "The agent ran and wrote no status."
        case .agentStatusBroken: "The agent's status cannot be read."
        case .listenerFailed: "The agent's proxy could not listen."
        case .notRedirected: "Requests went round the agent."
        case .notForwarded: "The agent took requests and did not pass them on."
        case .eventsLost: "The agent lost records of connections."
        case .statusContradicted: "The agent's status says otherwise than what the platform saw."
        case .misattributed: "The agent took one client for another."
        case .keyNotLatched: "The agent does not have the key that the platform offered."
        case .requestsUnsigned: "Requests passed through the agent without a signature."
        case .signatureWrong: "The platform found a signature to be wrong."
        case .wronglyDenied: "The agent refused what its rules allow."
        case .wronglyAllowed: "The agent let pass what its rules forbid."
        case .identityMissing: "Connections are redirected, and nobody is recognised."
        case .dualStackNotRedirected: "Clients that write the address as IPv6 go round the agent."
        case .redirectedTooMuch: "The agent redirects connections that are none of its business."
        case .keyLostOnRestart: "The agent lost its key when it was started again."
        case .scenarioContradicted: "The agent reported or did what this platform's behaviour does not call for."
        case .notInstallable: "The distribution's own tool could not install the agent's package."
        case .agentNotInstalled: "The platform wants the agent, and the image does not have it."
        case .readyWithoutKey: "Provisioning was reported as done before the agent had the key."
        case .keyNotOffered: "The platform refuses to hand out a key, so the agent has none."
        case .kernelPanic: "The kernel panicked once the agent had been started."
        case .kernelOops: "The kernel reported a bug of its own once the agent had been started."
        case .bootPanic: "The kernel panicked before the agent came into play."
        case .emulatorHang: "The guest went silent while it booted."
        case .emulatorExit: "The emulator ended by itself."
        case .evidenceLost: "Evidence is missing or damaged."
        case .guestSetup: "The guest could not be set up."
        case .protocolViolation: "The guest broke the control channel's contract."
        case .consoleFlood: "The guest printed more than is kept."
        case .timeout: "The guest did not finish in time."
        case .harness: "The harness could not carry out the attempt."
        case .provisioningUnproven: "Provisioning failed for a reason that is not known to be the agent's."
        case .notOffered: "Nobody offers such a kernel."
        case .fetchFailed: "The kernel could not be fetched."
        case .notABootableKernel: "The file is no kernel that can be booted."
        case .imageNotBuilt: "The distribution's root file system could not be built."
        case .layoutNotOffered: "The guest cannot be brought into this cgroup layout."
        case .profileNotOffered: "The kernel does not have what the boot profile switches on."
        }
    }

    /// The code as part of a file's name.
    var pageName: String { rawValue.replacing("/", with: "-") }
}
