import MatrixModel

/// What a guest's payload is made of.
struct GuestContent: Hashable, Sendable {
    var agent = AgentChoice.own
    var program: ProgramVariant?
    var isDistribution = false
    var deployment: Deployment?
}

extension MatrixPlan.PlannedCell {
    var content: GuestContent { GuestContent(agent: agent, program: program, isDistribution: guest != .micro, deployment: deployment) }
}
