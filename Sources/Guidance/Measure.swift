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
        case .optOut: .optOut
        case .installAgent: .installAgent
        case .startAgent: .startAgent
        case .readAgentLogs: .readAgentLogs
        case .freePort: .freePort
        case .freeDisk: .freeDisk
        case .reportAgent: .reportAgent
        case .resetKey: .resetKey
        case .checkPlatformReach: .checkPlatformReach
        case .enableInModel: .enableInModel
        case .correctModel: .correctModel
        case .retryDeployment: .retryDeployment
        case .askForAgent: .askForAgent
        case .checkLockdown: .checkLockdown
        case .changeLockdown: .changeLockdown
        case .allowInPolicy: .allowInPolicy
        case .grantPrivilege: .grantPrivilege
        case .kernelWithOption: .kernelWithOption
        case .enableJIT: .enableJIT
        case .detachOther: .detachOther
        case .readVerifierLog: .readVerifierLog
        case .startWindowsDrivers: .startWindowsDrivers
        case .startWindowsAgent: .startWindowsAgent
        case .runAgain: .runAgain
        case .checkHost: .checkHost
        case .raiseLimits: .raiseLimits
        case .chooseKernel: .chooseKernel
        case .buildImage: .buildImage
        case .chooseLayout: .chooseLayout
        }
    }
}
