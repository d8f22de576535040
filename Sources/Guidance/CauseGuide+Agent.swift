import MatrixModel

extension CauseGuide {
    /// Causes that lie in the agent: how each shows, and what proves it.
    static func ofAgent(_ cause: Cause) -> CauseGuide {
        let code = cause.rawValue
        func behaviour(_ title: String, _ symptom: String, _ proof: String, _ measures: [Measure] = [.upgradeAgent, .reportAgent]) -> CauseGuide {
            CauseGuide(code, title, symptom: symptom, proof: proof, wanted: [.cell], measures: measures)
        }
        switch cause {
        case .agentCrashed:
            return CauseGuide(
                code, "The agent did not stay alive", symptom: "The unit restarts again and again, or is `failed`.",
                proof: "`Main process exited` in its journal, or the ending that the guest reported; the last line of its output says why.",
                wanted: [.journal, .unitStatus, .agentLog], measures: [.readAgentLogs, .upgradeAgent, .reportAgent], article: .agentNotRunning)
        case .agentSilent:
            return CauseGuide(
                code, "The agent runs and writes no status", symptom: "The process is there and `status.json` is not.",
                proof: "No `status.json` a minute after the start.", wanted: [.unitStatus, .agentLog], measures: [.readAgentLogs, .freeDisk, .upgradeAgent],
                article: .confirm)
        case .agentStatusBroken:
            return CauseGuide(
                code, "The agent's status cannot be read", symptom: "`status.json` is cut off, empty or no JSON.", proof: "The first bytes of `status.json`.",
                wanted: [.status, .agentLog], measures: [.freeDisk, .readAgentLogs, .upgradeAgent], article: .confirm)
        case .listenerFailed:
            return CauseGuide(
                code, "The agent's proxy cannot listen", symptom: "`proxyListenerStatus` is not RUNNING; requests to the metadata services are refused by the machine itself.",
                proof: "`Failed to bind TcpListener '127.0.0.1:3080'` in `status.json`.", wanted: [.agentLog], measures: [.freePort, .readAgentLogs], article: .confirm)
        case .notRedirected:
            return behaviour(
                "Requests go round the agent", "The agent says SUCCESS and the platform sees unsigned requests.",
                "A request in `fabric.jsonl` without the agent's claims.", [.detachOther, .upgradeAgent, .reportAgent])
        case .notForwarded:
            return behaviour(
                "The agent takes requests and does not pass them on", "Clients wait, or are refused.",
                "A client in `clients.json` that connected to the agent, and no request of its in `fabric.jsonl`.")
        case .misattributed:
            return behaviour(
                "The agent takes one client for another", "Rules for a user or process hit the wrong one.",
                "Claims in `fabric.jsonl` that are not the client's.")
        case .eventsLost:
            return behaviour("The agent lost records of connections", "Single requests are answered with 421 under load.", "A counter of losses in `status-final.json`.")
        case .statusContradicted:
            return behaviour(
                "The agent's word is not what the platform saw", "`status.json` says one thing and the traffic another.",
                "The quoted line of `status.json` beside the one of `fabric.jsonl`.")
        case .keyNotLatched:
            return CauseGuide(
                code, "The agent has no key", symptom: "`secureChannelState` says that the protocol is enforced, `keyGuid` is missing, requests are refused.",
                proof: "`keyLatchStatus.message`: `Failed to acquire key details`, `Failed to save key details`, `Failed to attest the key`.",
                wanted: [.agentLog, .keyStatus], measures: [.readAgentLogs, .freeDisk, .resetKey], article: .keyFailure)
        case .requestsUnsigned:
            return behaviour(
                "Requests pass through the agent unsigned", "The platform refuses requests although the agent has a key.",
                "`signature none` in `fabric.jsonl`.", [.readAgentLogs, .upgradeAgent, .reportAgent])
        case .signatureWrong:
            return CauseGuide(
                code, "The platform found a signature to be wrong", symptom: "Requests are answered with 401 or 403 although they are signed.",
                proof: "`signature` in `fabric.jsonl` with the platform's reason.", wanted: [.agentLog, .keyStatus], measures: [.resetKey, .upgradeAgent, .reportAgent],
                article: .keyFailure)
        case .keyLostOnRestart:
            return CauseGuide(
                code, "The agent lost its key when it was started again", symptom: "After a restart of the agent the platform refuses to hand out another key.",
                proof: "Another `keyGuid`, or none, in `status-restarted.json`.", wanted: [.agentLog], measures: [.freeDisk, .resetKey, .reportAgent], article: .keyReset)
        case .wronglyDenied:
            return behaviour(
                "The agent refused what its rules allow", "An entitled process is answered with 403.",
                "A client in `clients.json` with 403 that the scenario expects to pass.")
        case .wronglyAllowed:
            return behaviour("The agent let pass what its rules forbid", "Nothing is to be seen from the machine.", "A request in `fabric.jsonl` that must not be there.")
        case .identityMissing:
            return behaviour(
                "Connections are redirected and nobody is recognised", "Every request is answered with 421.",
                "421 for every client in `clients.json`, and nothing in `fabric.jsonl`.", [.checkLockdown, .upgradeKernel, .upgradeAgent])
        case .dualStackNotRedirected:
            return behaviour(
                "Clients that write the address as IPv6 go round the agent", "Some language run-times reach the metadata services unsigned.",
                "A request of the client `::ffff:169.254.169.254` in `fabric.jsonl` without claims.")
        case .redirectedTooMuch:
            return behaviour(
                "The agent redirects what is none of its business", "Connections to other places fail.",
                "A client to another place in `clients.json` that reached the agent.")
        case .scenarioContradicted:
            return behaviour(
                "What happened is not what the scenario demands", "The agent reacts otherwise to the platform's doing than one that works.",
                "The quoted client or status beside the scenario's `expect`.")
        default:
            return CauseGuide(
                code, "The agent's package could not be installed", symptom: "The distribution's own tool refuses it.", proof: "The last lines of `install.log`.",
                wanted: [.osRelease], measures: [.upgradeAgent, .reportAgent], article: .agentNotRunning)
        }
    }
}
