import GuestImages
import MatrixModel
import MatrixPlanning

/// The inputs of a guest's payload.
struct GuestContent: Hashable, Sendable {
    var architecture = Architecture.host
    var agent = AgentChoice.own
    var program: ProgramVariant?
    var isDistribution = false
    var deployment: Deployment?
    /// What the agent needs of a micro guest; a distribution has it or not.
    var needs: Set<AgentNeed> = []
}

extension PlannedCell {
    var content: GuestContent {
        GuestContent(
            architecture: cell.architecture, agent: agent, program: program, isDistribution: guest != .micro, deployment: deployment,
            needs: guest == .micro ? agentProfile.needs : [])
    }
}
