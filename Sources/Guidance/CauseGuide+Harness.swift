import MatrixModel

extension CauseGuide {
    /// Causes that prove nothing about the agent: the attempt failed, or nothing could be attempted; nil for every other cause.
    static func ofHarness(_ cause: Cause) -> CauseGuide? {
        func guide(_ title: String, _ symptom: String, _ proof: String, _ measures: [Measure]) -> CauseGuide {
            CauseGuide(cause.rawValue, title, symptom: symptom, proof: proof, wanted: [.cell], measures: measures)
        }
        let unproven = "The cell is inconclusive."
        let absent = "The cell is unavailable."
        return switch cause {
        case .bootPanic:
            guide(
                "The kernel panicked before the agent started", unproven, "`Kernel panic` in `console.log` before the agent's start.",
                [.runAgain, .chooseKernel])
        case .emulatorHang: guide("The guest stopped printing while it booted", unproven, "The last line of `console.log`.", [.runAgain, .checkHost])
        case .emulatorExit: guide("The emulator exited or was killed", unproven, "`qemu.log`, and the exit status in the summary.", [.checkHost, .runAgain])
        case .evidenceLost: guide("Evidence was lost", unproven, "The summary names what is missing.", [.runAgain, .checkHost])
        case .guestSetup: guide("The guest could not be set up", unproven, "The summary names the step and its reason.", [.runAgain, .checkHost])
        case .protocolViolation: guide("The guest violated the control channel's protocol", unproven, "The summary says how.", [.runAgain])
        case .consoleFlood: guide("The guest printed more than the console log keeps", unproven, "`console.log` ends in the middle.", [.runAgain])
        case .timeout: guide("The guest did not finish in time", unproven, "The summary names the last step that it finished.", [.raiseLimits, .checkHost])
        case .harness: guide("The harness could not run the attempt", unproven, "The reason in the summary.", [.checkHost, .runAgain])
        case .guestLacks:
            guide(
                "The guest lacks something that the agent needs", unproven, "The summary names it and the package that contains it.", [.checkHost, .runAgain])
        case .otherKernel:
            guide(
                "The guest booted another kernel than the plan names", unproven, "The summary names both; `facts.json` has the guest's answer.",
                [.chooseKernel, .runAgain])
        case .provisioningUnproven:
            CauseGuide(
                cause.rawValue, "Provisioning failed for a reason that is not known to be the agent's", symptom: unproven,
                proof: "The last line of `cloud-init.log`, or its report in `fabric.jsonl`.", wanted: [.cloudInitLog], measures: [.retryDeployment, .runAgain],
                article: .deploymentFailed)
        case .notOffered: guide("No repository offers such a kernel", absent, "The summary says where it was searched and what comes closest.", [.chooseKernel])
        case .fetchFailed: guide("The kernel could not be downloaded", absent, "The address and the error in the summary.", [.checkHost])
        case .notABootableKernel: guide("The file is not a bootable kernel", absent, "The summary says what it was found to be.", [.chooseKernel])
        case .imageNotBuilt: guide("The distribution's image could not be built", absent, "The error in the summary.", [.buildImage])
        case .profileNotOffered:
            guide("The kernel does not have what the boot profile enables", absent, "`facts.json` shows that it is not in force.", [.chooseKernel])
        case .layoutNotOffered: guide("The guest cannot use this cgroup layout", absent, "`facts.json` shows the layout that was found.", [.chooseLayout])
        default: nil
        }
    }
}
