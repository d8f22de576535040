public import FabricSimulator
public import MatrixModel

/// A block of a matrix: every combination of its axes' values is a cell.
public struct MatrixAxes: Sendable {
    public var architecture: Architecture
    public var guests: [GuestChoice]
    /// Empty for each distribution's own.
    public var kernels: [KernelSelector]
    /// If empty, and without `hasDefaultLayout`: all layouts for a micro guest, and the default layout for a distribution.
    public var layouts: [CgroupLayout]
    /// Whether each guest runs in the layout that it boots with by default, in addition to those named.
    public var hasDefaultLayout: Bool
    /// The program variants to run; empty for the agent's own program.
    public var programs: [ProgramVariant]
    public var scenarios: ScenarioChoice
    /// The agents to run; empty for the project's own agent.
    public var agents: [AgentChoice]
    /// A nil element is a kernel without a hardening profile.
    public var profiles: [BootProfile?]
    /// Empty for cells without a deployment.
    public var deployments: [Deployment]

    public init(
        architecture: Architecture = .host, guests: [GuestChoice] = [.micro], kernels: [KernelSelector], layouts: [CgroupLayout],
        hasDefaultLayout: Bool = false, programs: [ProgramVariant] = [],
        scenarios: ScenarioChoice, agents: [AgentChoice] = [], profiles: [BootProfile?] = [nil], deployments: [Deployment] = []
    ) {
        self.architecture = architecture
        self.guests = guests
        self.kernels = kernels
        self.layouts = layouts
        self.hasDefaultLayout = hasDefaultLayout
        self.programs = programs
        self.scenarios = scenarios
        self.agents = agents
        self.profiles = profiles
        self.deployments = deployments
    }

    /// One combination of all axes except guest and kernel.
    struct Point {
        let layout: CgroupLayout
        let profile: BootProfile?
        let deployment: Deployment?
        let scenario: (name: String?, scenario: Scenario)
        let agent: AgentChoice?
        let program: ProgramVariant?
    }

    /// The layouts of a guest. An image whose default is not known gets all layouts.
    func layouts(of guest: GuestChoice) -> [CgroupLayout] {
        guard layouts.isEmpty else { return Set(layouts + (hasDefaultLayout ? [guest.defaultLayout].compactMap(\.self) : [])).sorted() }
        if guest == .micro, !hasDefaultLayout { return CgroupLayout.allCases }
        return guest.defaultLayout.map { [$0] } ?? CgroupLayout.allCases
    }

    /// The combinations for a guest. An axis without values contributes nil.
    func combinations(for guest: GuestChoice) -> [Point] {
        func axis<Value>(_ values: [Value]) -> [Value?] { values.isEmpty ? [nil] : values }
        return layouts(of: guest).flatMap { layout in
            profiles.flatMap { profile in
                axis(deployments).flatMap { deployment in
                    scenarios.named.flatMap { scenario in
                        axis(agents).flatMap { agent in
                            axis(programs).map {
                                Point(layout: layout, profile: profile, deployment: deployment, scenario: scenario, agent: agent, program: $0)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What the platform does.
public enum ScenarioChoice: Sendable {
    /// One for all cells; the scenario is then not in the cell's id.
    case standard(Scenario)
    case axis([Scenario])

    /// Each with the name that is in the cell's id.
    var named: [(name: String?, scenario: Scenario)] {
        switch self {
        case .standard(let scenario): [(nil, scenario)]
        case .axis(let scenarios): scenarios.map { ($0.name, $0) }
        }
    }
}
