import MatrixModel

extension CauseGuide {
    /// Causes that lie in the agent; nil for every other cause.
    static func ofAgent(_ cause: Cause) -> CauseGuide? { ofService(cause) ?? ofKey(cause) ?? ofBehaviour(cause) }

    /// The agent's process, its files and its listener.
    private static func ofService(_ cause: Cause) -> CauseGuide? {
        let code = cause.rawValue
        return switch cause {
        case .agentCrashed:
            CauseGuide(
                code, "The agent did not stay alive", symptom: "The unit restarts again and again, or is `failed`.",
                proof: "`Main process exited` in its journal, or how the guest reported its end. The last line of its output says why.",
                wanted: [.journal, .unitStatus, .agentLog], measures: [.readAgentLogs, .upgradeAgent, .reportAgent], article: .agentNotRunning)
        case .agentSilent:
            CauseGuide(
                code, "The agent runs and writes no status", symptom: "The process exists and `status.json` does not.",
                proof: "No `status.json` a minute after the start, and no failure in the agent's log, journal or console.", wanted: [.unitStatus, .agentLog],
                measures: [.readAgentLogs, .freeDisk, .upgradeAgent], article: .confirm)
        case .agentStatusBroken:
            CauseGuide(
                code, "The agent's status cannot be read", symptom: "`status.json` is truncated, empty or not JSON.",
                proof: "The first bytes of `status.json`.",
                wanted: [.status, .agentLog], measures: [.freeDisk, .readAgentLogs, .upgradeAgent], article: .confirm)
        case .listenerFailed:
            CauseGuide(
                code, "The agent's proxy cannot listen",
                symptom: "`proxyListenerStatus` is not RUNNING; connections to the metadata services are refused on the machine.",
                proof: "`Failed to bind TcpListener '127.0.0.1:3080'` in `status.json`.", wanted: [.agentLog], measures: [.freePort, .readAgentLogs],
                article: .confirm)
        case .notInstallable:
            CauseGuide(
                code, "The agent's package could not be installed", symptom: "The distribution's package manager rejects it.",
                proof: "The last lines of `install.log`.",
                wanted: [.osRelease], measures: [.upgradeAgent, .reportAgent], article: .agentNotRunning)
        default: nil
        }
    }

    private static func ofKey(_ cause: Cause) -> CauseGuide? {
        let code = cause.rawValue
        return switch cause {
        case .keyNotLatched:
            CauseGuide(
                code, "The agent has no key",
                symptom: "`secureChannelState` says that the protocol is enforced, `keyGuid` is missing, and requests are rejected.",
                proof: "`keyLatchStatus.message`: `Failed to acquire key details`, `Failed to save key details`, `Failed to attest the key`.",
                wanted: [.agentLog, .keyStatus], measures: [.readAgentLogs, .freeDisk, .resetKey], article: .keyFailure)
        case .signatureWrong:
            CauseGuide(
                code, "The platform rejected a signature", symptom: "Requests are answered with 401 or 403 although they are signed.",
                proof: "`signature` in `fabric.jsonl` with the platform's reason.", wanted: [.agentLog, .keyStatus],
                measures: [.resetKey, .upgradeAgent, .reportAgent],
                article: .keyFailure)
        case .keyLostOnRestart:
            CauseGuide(
                code, "The agent lost its key when it was restarted", symptom: "After a restart of the agent the platform rejects a request for another key.",
                proof: "Another `keyGuid`, or none, in `status-restarted.json`.", wanted: [.agentLog], measures: [.freeDisk, .resetKey, .reportAgent],
                article: .keyReset)
        default: nil
        }
    }

    /// What clients and platform see.
    private static func ofBehaviour(_ cause: Cause) -> CauseGuide? {
        func guide(_ title: String, _ symptom: String, _ proof: String, _ measures: [Measure] = [.upgradeAgent, .reportAgent]) -> CauseGuide {
            CauseGuide(cause.rawValue, title, symptom: symptom, proof: proof, wanted: [.cell], measures: measures)
        }
        return switch cause {
        case .notRedirected:
            guide(
                "Requests bypass the agent", "The agent says SUCCESS, and the platform receives unsigned requests.",
                "A request in `fabric.jsonl` without the agent's claims.", [.detachOther, .upgradeAgent, .reportAgent])
        case .notForwarded:
            guide(
                "The agent accepts requests and does not forward them", "Clients wait, or are rejected.",
                "A client in `clients.json` that connected to the agent, and no request from it in `fabric.jsonl`.")
        case .misattributed:
            guide(
                "The agent attributes a request to the wrong client", "Rules for a user or process apply to the wrong one.",
                "Claims in `fabric.jsonl` that are not the client's.")
        case .eventsLost:
            guide("The agent lost records of connections", "Single requests are answered with 421 under load.", "A loss counter in `status-final.json`.")
        case .statusContradicted:
            guide(
                "The agent's status contradicts what the platform saw", "`status.json` says one thing and the traffic another.",
                "The quoted line of `status.json` next to the one of `fabric.jsonl`.")
        case .requestsUnsigned:
            guide(
                "Requests pass through the agent unsigned", "The platform rejects requests although the agent has a key.",
                "`signature none` in `fabric.jsonl`.", [.readAgentLogs, .upgradeAgent, .reportAgent])
        case .wronglyDenied:
            guide(
                "The agent rejects what its rules allow", "An authorised process is answered with 403.",
                "A client in `clients.json` with 403 that the scenario expects to pass.")
        case .wronglyAllowed:
            guide("The agent forwards what its rules forbid", "Nothing shows on the machine.", "A request in `fabric.jsonl` that must not be there.")
        case .identityMissing:
            guide(
                "Connections are redirected, and callers cannot be identified", "Every request is answered with 421.",
                "421 for every client in `clients.json`, and nothing in `fabric.jsonl`.", [.checkLockdown, .upgradeAgent, .reportAgent])
        case .dualStackNotRedirected:
            guide(
                "Clients that use an IPv4-mapped IPv6 address bypass the agent", "Some language run-times reach the metadata services unsigned.",
                "A request of the client `::ffff:169.254.169.254` in `fabric.jsonl` without claims.")
        case .redirectedTooMuch:
            guide(
                "The agent redirects connections to other addresses", "Connections to other places fail.",
                "A client in `clients.json` that connected to another address and reached the agent.")
        case .scenarioContradicted:
            guide(
                "The outcome is not what the scenario expects", "The agent reacts to the platform differently from a working agent.",
                "The quoted client or status next to the scenario's `expect`.")
        default: nil
        }
    }
}
