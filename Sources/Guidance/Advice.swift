public import MatrixModel

/// One step against an explained failure: a measure, or a kernel that is known to help.
public enum Advice: Hashable, Sendable {
    case measure(Measure)
    /// A kernel that has the feature. Given only where the feature is what is missing.
    case newerKernel(KernelFeature)
    /// The documented floor.
    case kernelOfFloor(KernelSeries)
    /// What the table of the control plane's errors says.
    case controlPlane(ControlPlaneError)

    public func remedy(for family: DistributionFamily) -> Remedy {
        switch self {
        case .measure(let measure): measure.remedy(for: family)
        case .controlPlane(let row): Remedy(row.action, in: .controlPlane, row.commands)
        case .newerKernel(let feature):
            family.newerKernel(since: feature.since, reason: "Mainline has \(feature.name) since \(feature.since); distributions port some features back.")
        case .kernelOfFloor(let series):
            family.newerKernel(since: series, reason: "\(series) is the documented floor; kernels with back-ports may work below it.")
        }
    }
}

extension VerifierExplanation {
    /// What follows from the answer, and nothing else: a newer kernel is named only where it is known to help.
    public var advice: [Advice] {
        switch answer {
        case .lacks(let feature): [.newerKernel(feature), .measure(.upgradeAgent), .measure(.optOut)]
        case .program: [.measure(.upgradeAgent), .measure(.reportAgent), .measure(.optOut)]
        case .privilege: [.measure(.grantPrivilege), .measure(.readAgentLogs)]
        case .configuration: [.measure(.kernelWithOption), .measure(.optOut)]
        case .jit: [.measure(.enableJIT), .measure(.upgradeAgent), .measure(.optOut)]
        case .relocation: [.measure(.upgradeAgent), .measure(.reportAgent), .measure(.previousKernel), .measure(.optOut)]
        case .kernelFault: [.measure(.previousKernel), .measure(.reportAgent), .measure(.optOut)]
        case .withheld(byLockdown: true): [.measure(.changeLockdown), .measure(.upgradeAgent), .measure(.optOut)]
        case .withheld(byLockdown: false): [.measure(.checkLockdown), .measure(.grantPrivilege), .measure(.upgradeAgent), .measure(.reportAgent)]
        case .unknown: [.measure(.reportAgent), .measure(.upgradeAgent), .measure(.previousKernel)]
        }
    }
}
