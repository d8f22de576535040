public import GuestProtocol
public import MatrixModel

/// What a cell's guest does: the steps of every probe, put in order around the agent's life.
public enum ProbeCourse {
    /// - Parameters:
    ///   - pause: Milliseconds between the agent's settling and its clients, in which the scenario's timeline happens.
    ///   - burst: The clients of the burst, half of them root's; 0 for none.
    ///   - statusRefresh: How many milliseconds to wait for another status before the agent is stopped; nil for an agent that writes one when
    ///     it is stopped.
    public static func steps(for expectation: ScenarioExpectation, pause: UInt32 = 0, burst: Int = ProofTier.largeBurst, statusRefresh: UInt32? = nil)
        -> [GuestStep]
    {
        let setting = ProbeSetting(expectation: expectation, burst: UInt32(burst / 2))
        var listeners: [GuestStep] = []
        var early: [ClientSpec] = []
        var clients: [ClientSpec] = []
        var bursts: [GuestStep] = []
        var restarted: [ClientSpec] = []
        for step in Probe.all.flatMap({ $0.steps(setting) }) {
            switch step {
            case .listen(let address, let port): listeners.append(.listen(address: address, port: port))
            case .early(let client): early.append(client)
            case .client(let client): clients.append(client)
            case .burst(let members, let count): bursts.append(.burst(members, count: count))
            case .restarted(let client): restarted.append(client)
            }
        }
        var steps = listeners + [.open(early), .startAgent]
        if pause > 0 { steps.append(.pause(milliseconds: pause)) }
        steps += [.status(.status), .clients(clients), .finish] + bursts + ending(statusRefresh)
        if !restarted.isEmpty { steps += [.startAgent, .status(.restartedStatus), .clients(restarted)] }
        return steps
    }

    /// How long the cloud-init of a deployment may take: it waits for an agent for two minutes, and everything around it takes its time too.
    public static let cloudInitDeadline = Duration.seconds(420)

    /// The steps of a deployment's guest: it boots without the harness, and is examined afterwards.
    public static func steps(for deployment: Deployment, statusRefresh: UInt32? = nil) -> [GuestStep] {
        let boot = GuestStep.await(path: "/run/cloud-init/result.json", milliseconds: UInt32(cloudInitDeadline / .milliseconds(1)))
        guard deployment.hasAgent else { return [boot] }
        return [boot, .startAgent, .status(.status), .clients([.root("imds-root", .imds), .user("imds-user", .imds)])] + ending(statusRefresh)
    }

    /// The agent's last status: as it wrote it on its way out, or before.
    private static func ending(_ statusRefresh: UInt32?) -> [GuestStep] {
        (statusRefresh.map { [.awaitStatus(milliseconds: $0)] } ?? []) + [.stopAgent(signal: 15), .status(.finalStatus)]
    }
}
