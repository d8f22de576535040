/// What an operator can do about causes, apart from how a distribution spells it.
public enum Measure: String, CaseIterable, Hashable, Sendable {
    case mountCgroup2, upgradeKernel, previousKernel, upgradeRelease, optOut
    case installAgent, putAgentIntoImage, startAgent, readAgentLogs, upgradeAgent, freePort, freeDisk, reportAgent
    case resetKey, checkPlatformReach, enableInModel, correctModel
    case upgradeCloudInit, retryDeployment, askForAgent
    case checkLockdown, changeLockdown, allowInPolicy, grantPrivilege, kernelWithOption, enableJIT, detachOther, readVerifierLog
    case startWindowsDrivers, startWindowsAgent
    case runAgain, checkHost, raiseLimits, chooseKernel, buildImage, chooseLayout

    /// - Parameter family: Whose commands to spell. `other` has only commands that every distribution has.
    public func remedy(for family: DistributionFamily) -> Remedy {
        switch self {
        case .mountCgroup2: family.mountCgroup2
        case .upgradeKernel: family.newestKernel
        case .previousKernel: family.previousKernel
        case .upgradeRelease: family.upgradeRelease
        case .upgradeCloudInit: family.upgradeCloudInit
        case .putAgentIntoImage: family.installPackage
        case .upgradeAgent: family.upgradeAgent
        case .startAgent, .freePort, .freeDisk, .readAgentLogs, .reportAgent: ofAgent
        case .checkLockdown, .changeLockdown, .allowInPolicy, .grantPrivilege, .kernelWithOption, .enableJIT, .detachOther, .readVerifierLog,
            .checkPlatformReach:
            ofMachine
        case .optOut, .installAgent, .resetKey, .enableInModel, .correctModel, .retryDeployment, .askForAgent: onControlPlane
        case .startWindowsDrivers, .startWindowsAgent: onWindows
        case .runAgain, .checkHost, .raiseLimits, .chooseKernel, .buildImage, .chooseLayout: onHarness
        }
    }
}
