public import AgentBundles
public import FabricSimulator
import Foundation
public import MatrixModel
public import SystemPackage

/// What a run is asked to do: the axes and how to go about it.
public struct MatrixRequest: Sendable {
    public var guests: [GuestChoice]
    /// Empty for each distribution's own.
    public var kernels: [KernelSelector]
    public var layouts: [CgroupLayout]
    /// The program variants to run; empty for the agent's own program alone.
    public var programs: [ProgramVariant]
    public var scenarios: ScenarioChoice
    /// The agents to run; empty for our own alone.
    public var agents: [AgentChoice]
    /// Nil among them is a kernel that is hardened in no way.
    public var profiles: [BootProfile?]
    /// Empty for guests that the harness brings up.
    public var deployments: [Deployment]
    /// How many guests run at once.
    public var jobs: Int
    /// How long one attempt at a cell may take altogether.
    public var timeout: Duration
    /// How often a cell is attempted again when an attempt failed through the harness's fault.
    public var retries: Int
    /// Whether the first cell that contradicts its expectation ends the run.
    public var stopsAtFirstFailure: Bool

    public init(
        guests: [GuestChoice] = [.micro], kernels: [KernelSelector], layouts: [CgroupLayout], programs: [ProgramVariant] = [], scenarios: ScenarioChoice, agents: [AgentChoice] = [],
        profiles: [BootProfile?] = [nil], deployments: [Deployment] = [], jobs: Int = 2,
        timeout: Duration = .seconds(90), retries: Int = 2, stopsAtFirstFailure: Bool = false
    ) {
        self.guests = guests
        self.kernels = kernels
        self.layouts = layouts
        self.programs = programs
        self.scenarios = scenarios
        self.agents = agents
        self.profiles = profiles
        self.deployments = deployments
        self.jobs = jobs
        self.timeout = timeout
        self.retries = retries
        self.stopsAtFirstFailure = stopsAtFirstFailure
    }
}

extension MatrixRequest {
    /// One point of all axes but guest and kernel.
    struct Point {
        let layout: CgroupLayout
        let profile: BootProfile?
        let deployment: Deployment?
        let scenario: (name: String?, scenario: Scenario)
        let agent: AgentChoice?
        let program: ProgramVariant?
    }

    /// An axis that nobody asked for has one point, which is nil.
    var combinations: [Point] {
        func axis<Value>(_ values: [Value]) -> [Value?] { values.isEmpty ? [nil] : values }
        return layouts.flatMap { layout in
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
    /// One for all cells; no axis.
    case standard(Scenario)
    case axis([Scenario])

    /// Each with the name that stands in the cell's id.
    var named: [(name: String?, scenario: Scenario)] {
        switch self {
        case .standard(let scenario): [(nil, scenario)]
        case .axis(let scenarios): scenarios.map { ($0.name, $0) }
        }
    }
}

/// Which agent a cell runs.
public enum AgentChoice: Hashable, Sendable {
    case own
    case bundle(AgentBundle)

    /// Reads `own`, or a bundle by its path.
    public init(parsing text: String) async throws {
        guard text != "own" else {
            self = .own
            return
        }
        let place = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(text)).lexicallyNormalized()
        self = .bundle(try await AgentBundle.load(place))
    }

    /// What stands in the cell's id.
    public var name: String {
        switch self {
        case .own: "own"
        case .bundle(let bundle): bundle.name
        }
    }
}

extension AgentChoice {
    /// `deb` or `rpm`.
    var packageKind: String {
        switch self {
        case .own: "deb"
        case .bundle(let bundle): bundle.package?.extension ?? "deb"
        }
    }
}

/// A BPF object that takes the place of the agent's own.
public struct ProgramVariant: Hashable, Sendable {
    /// The name that stands in the cell's id.
    public let name: String
    public let object: FilePath

    public init(name: String, object: FilePath) {
        self.name = name
        self.object = object
    }
}
