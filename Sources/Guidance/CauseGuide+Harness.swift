import MatrixModel

extension CauseGuide {
    /// Causes that say nothing of the agent: the attempt failed, or there was nothing to attempt.
    static func ofHarness(_ cause: Cause) -> CauseGuide {
        let code = cause.rawValue
        func guide(_ title: String, _ symptom: String, _ proof: String, _ measures: [Measure]) -> CauseGuide {
            CauseGuide(code, title, symptom: symptom, proof: proof, wanted: [.cell], measures: measures)
        }
        let unproven = "The cell is inconclusive."
        let absent = "The cell is unavailable."
        return switch cause {
        case .bootPanic: guide("The kernel panicked before the agent came into play", unproven, "`Kernel panic` in `console.log` before the agent's start.", [.runAgain, .chooseKernel])
        case .emulatorHang: guide("The guest went silent while booting", unproven, "The last line of `console.log`.", [.runAgain, .checkHost])
        case .emulatorExit: guide("The emulator ended by itself or was killed", unproven, "`qemu.log`, and the exit in the summary.", [.checkHost, .runAgain])
        case .evidenceLost: guide("Evidence was lost", unproven, "What is missing stands in the summary.", [.runAgain, .checkHost])
        case .guestSetup: guide("The guest could not be set up", unproven, "The step and its reason in the summary.", [.runAgain, .checkHost])
        case .protocolViolation: guide("The guest broke the control channel's contract", unproven, "The summary says how.", [.runAgain])
        case .consoleFlood: guide("The guest printed more than is kept", unproven, "`console.log` ends in the middle.", [.runAgain])
        case .timeout: guide("The guest did not finish in time", unproven, "The summary names the last step it took.", [.raiseLimits, .checkHost])
        case .harness: guide("The harness could not carry the attempt out", unproven, "The reason in the summary.", [.checkHost, .runAgain])
        case .guestLacks:
            guide("The guest lacks something that the agent needs", unproven, "The summary names it and the package that has it.", [.checkHost, .runAgain])
        case .otherKernel:
            guide("The guest booted another kernel than the plan names", unproven, "The summary names both; `facts.json` has what the guest said.", [.chooseKernel, .runAgain])
        case .provisioningUnproven:
            CauseGuide(
                code, "Provisioning failed for a reason not known to be the agent's", symptom: unproven, proof: "The last line of `cloud-init.log`, or its report in `fabric.jsonl`.",
                wanted: [.cloudInitLog], measures: [.retryDeployment, .runAgain], article: .deploymentFailed)
        case .notOffered: guide("No such kernel is on offer", absent, "The summary says where it was sought and what comes nearest.", [.chooseKernel])
        case .fetchFailed: guide("The kernel could not be fetched", absent, "The address and the error in the summary.", [.checkHost])
        case .notABootableKernel: guide("The file is no kernel that can be booted", absent, "What it was found to be stands in the summary.", [.chooseKernel])
        case .imageNotBuilt: guide("The distribution's image could not be built", absent, "The error in the summary.", [.buildImage])
        case .profileNotOffered: guide("The kernel does not have what the boot profile switches on", absent, "`facts.json` shows that it is not in force.", [.chooseKernel])
        default: guide("The guest cannot be brought into this cgroup layout", absent, "`facts.json` shows the layout that was found.", [.chooseLayout])
        }
    }
}
