import GuestImages
import MatrixModel

extension MatrixPlanner {
    /// The profile of each agent of the blocks, and a warning for each known defect that has expired.
    /// - Throws: `AgentProfileError`, `YAMLError`.
    func agentProfiles() throws -> ([AgentChoice: AgentProfile], warnings: [String]) {
        let agents = Set(request.blocks.flatMap { $0.agents.isEmpty ? [.own] : $0.agents })
        guard !agents.isEmpty else { return ([:], []) }
        let known = request.agentProfile == nil ? try products.agentProfiles() : nil
        var profiles: [AgentChoice: AgentProfile] = [:]
        for agent in agents { profiles[agent] = try request.agentProfile ?? known?.profile(of: agent) }
        for profile in profiles.values {
            let unknown = profile.defects.compactMap(\.proof.conformanceCheck).filter { !checks.contains($0) }
            guard unknown.isEmpty else { throw AgentProfileError(.unknownCheck, subject: profile.name, others: unknown) }
        }
        guard let today = request.today else { return (profiles, []) }
        let warnings = Set(profiles.values.flatMap { $0.warnings(on: today) }).sorted()
        for warning in warnings { events(.warning(warning)) }
        return (profiles.mapValues { $0.holding(on: today) }, warnings)
    }
}
