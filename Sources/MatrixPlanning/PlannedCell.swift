package import EvidenceStore
public import FabricSimulator
public import GuestImages
import KernelCatalogue
public import MatrixModel

/// A cell with everything that its guest is started from.
public struct PlannedCell: Sendable {
    public let cell: Cell
    public let guest: GuestChoice
    public let kernel: PlannedKernel
    public let program: ProgramVariant?
    public let scenario: Scenario
    public let agent: AgentChoice
    /// What is known of the agent, with the defects that excuse a failure on the day of the plan.
    public let agentProfile: AgentProfile
    public let profile: BootProfile?
    public let deployment: Deployment?
    public let documentation: CellDocumentation
    public let tier: ProofTier

    /// The clients of its burst, half of them root's; 0 where none is sent.
    public var burst: Int { deployment == nil && scenario.expectation.isSigned ? tier.burst(layout: cell.cgroup, profile: cell.profile) : 0 }

    /// What is documented of it, as far as that is known before anything was booted.
    public var expectation: DocumentedSupport { expectation(cloudInit: guest.entry?.cloudInit) }

    /// - Parameter cloudInit: The version that the guest has; nil when it is not known.
    package func expectation(cloudInit: String?) -> DocumentedSupport {
        DocumentedSupport(
            series: kernel.identity.series, layout: cell.cgroup, deployment: deployment, cloudInit: cloudInit.flatMap(CloudInitVersion.init),
            documentation: documentation)
    }

    /// What of the kernel's command line asks for the layout; empty for the layout that the guest boots with by default.
    package var layoutArguments: [String] {
        guard guest != .micro, documentation.defaultLayout != cell.cgroup else { return [] }
        return SystemdLayout.kernelArguments(cell.cgroup) ?? []
    }

    /// The record of an outcome that no guest was started for.
    package func record(_ judgement: Judgement, attempts: Int = 0) -> CellRecord {
        CellRecord(cell: cell, judgement: judgement, evidence: nil, seconds: [:], attempts: attempts, documentation: documentation)
    }
}
