package import EvidenceStore
public import FabricSimulator
public import GuestImages
import KernelCatalogue
public import MatrixModel

/// A cell and everything that its guest needs to start.
public struct PlannedCell: Sendable {
    public let cell: Cell
    public let guest: GuestChoice
    public let kernel: PlannedKernel
    public let program: ProgramVariant?
    public let scenario: Scenario
    public let agent: AgentChoice
    /// The profile of the agent, with the known defects that hold on the day of the plan.
    public let agentProfile: AgentProfile
    public let profile: BootProfile?
    public let deployment: Deployment?
    public let documentation: CellDocumentation
    public let tier: ProofTier

    /// The number of clients in its burst, half of them root's; 0 without a burst.
    public var burst: Int { deployment == nil && scenario.expectation.isSigned ? tier.burst(layout: cell.cgroup, profile: cell.profile) : 0 }

    /// The documented support of the cell, as far as it is known before the boot.
    public var expectation: DocumentedSupport { expectation(cloudInit: guest.entry?.cloudInit) }

    /// - Parameter cloudInit: The version of cloud-init in the guest; nil when it is not known.
    package func expectation(cloudInit: String?) -> DocumentedSupport {
        DocumentedSupport(
            series: kernel.identity.series, layout: cell.cgroup, deployment: deployment, cloudInit: cloudInit.flatMap(CloudInitVersion.init),
            documentation: documentation)
    }

    /// The kernel arguments that select the layout; empty for the layout that the guest boots with by default.
    package var layoutArguments: [String] {
        guard guest != .micro, documentation.defaultLayout != cell.cgroup else { return [] }
        return SystemdLayout.kernelArguments(cell.cgroup) ?? []
    }

    /// The record of an outcome without a guest.
    package func record(_ judgement: Judgement, attempts: Int = 0) -> CellRecord {
        CellRecord(cell: cell, judgement: judgement, evidence: nil, seconds: [:], attempts: attempts, documentation: documentation)
    }
}
