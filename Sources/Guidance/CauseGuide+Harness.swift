import MatrixModel

/// The attempt failed, which proves nothing about the agent.
extension CauseGuide {
    static let bootPanic = unproven(
        .bootPanic, "The kernel panicked before the agent started", "`Kernel panic` in `console.log` before the agent's start.",
        [.runAgain, .chooseKernel])
    static let emulatorHang = unproven(
        .emulatorHang, "The guest stopped printing while it booted", "The last line of `console.log`.", [.runAgain, .checkHost])
    static let emulatorExit = unproven(
        .emulatorExit, "The emulator exited or was killed", "`qemu.log`, and the exit status in the summary.", [.checkHost, .runAgain])
    static let evidenceLost = unproven(
        .evidenceLost, "Evidence was lost", "The summary names what is missing.", [.runAgain, .checkHost])
    static let guestSetup = unproven(
        .guestSetup, "The guest could not be set up", "The summary names the step and its reason.", [.runAgain, .checkHost])
    static let protocolViolation = unproven(
        .protocolViolation, "The guest violated the control channel's protocol", "The summary says how.", [.runAgain])
    static let consoleFlood = unproven(
        .consoleFlood, "The guest printed more than the console log keeps", "`console.log` ends in the middle.", [.runAgain])
    static let timeout = unproven(
        .timeout, "The guest did not finish in time", "The summary names the last step that it finished.", [.raiseLimits, .checkHost])
    static let harness = unproven(
        .harness, "The harness could not run the attempt", "The reason in the summary.", [.checkHost, .runAgain])
    static let guestLacks = unproven(
        .guestLacks, "The guest lacks something that the agent needs", "The summary names it and the package that contains it.", [.checkHost, .runAgain])
    static let otherKernel = unproven(
        .otherKernel, "The guest booted another kernel than the plan names", "The summary names both; `facts.json` has the guest's answer.",
        [.chooseKernel, .runAgain])
    static let provisioningUnproven = CauseGuide(
        of: .provisioningUnproven, "Provisioning failed for a reason that is not known to be the agent's", symptom: "The cell is inconclusive.",
        proof: "The last line of `cloud-init.log`, or its report in `fabric.jsonl`.", wanted: [.cloudInitLog], measures: [.retryDeployment, .runAgain],
        article: .deploymentFailed)

    private static func unproven(_ cause: Cause, _ title: String, _ proof: String, _ measures: [Measure]) -> CauseGuide {
        CauseGuide(of: cause, title, symptom: "The cell is inconclusive.", proof: proof, wanted: [.cell], measures: measures)
    }
}

/// Nothing could be attempted.
extension CauseGuide {
    static let notOffered = absent(
        .notOffered, "The kernel, or what was asked for with it, is not offered",
        "The summary says what is missing, where it was searched, and what comes closest.", [.chooseKernel])
    static let fetchFailed = absent(
        .fetchFailed, "The kernel could not be downloaded", "The address and the error in the summary.", [.checkHost])
    static let notABootableKernel = absent(
        .notABootableKernel, "The file is not a bootable kernel", "The summary says what it was found to be.", [.chooseKernel])
    static let imageNotBuilt = absent(
        .imageNotBuilt, "The distribution's image could not be built", "The error in the summary.", [.buildImage])
    static let profileNotOffered = absent(
        .profileNotOffered, "The kernel does not have what the boot profile enables",
        "The findings quote what the kernel says of it; the summary says so where no guest was started.", [.chooseKernel])
    static let layoutNotOffered = absent(
        .layoutNotOffered, "The guest cannot use this cgroup layout",
        "`facts.json` shows the layout that was found; the summary says so where no guest was started.", [.chooseLayout])

    private static func absent(_ cause: Cause, _ title: String, _ proof: String, _ measures: [Measure]) -> CauseGuide {
        CauseGuide(of: cause, title, symptom: "The cell is unavailable.", proof: proof, wanted: [.cell], measures: measures)
    }
}
