import ArgumentParser
import EvidenceStore
import MatrixModel
import MatrixPlanning
import MatrixReport
import MatrixRunner

/// `kmatrix plan`: the cells of a run, without running them.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Print the cells that a run would boot",
        discussion: """
            Takes the selectors of run. Fetches repository indices; with --fetch also fetches and
            builds everything that the cells need, so that 'run --offline' needs no network.

            EXAMPLES
              kmatrix plan --kernel all
              kmatrix plan --matrix images/nightly.yml --fetch
              kmatrix plan --matrix images/nightly.yml --shard 2/3
            """)

    @OptionGroup(title: "Cells") var axes: AxisOptions
    @OptionGroup(title: "Repositories") var kernels: KernelOptions

    @OptionGroup var parts: ShardOptions

    @Flag(help: "Fetch and build into the cache what the cells need")
    var fetch = false

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() async throws {
        let arguments = self
        let costs = try parts.costs.cellCosts()
        let (plan, jobs, failures) = try await InterruptibleWork.run {
            let guests = try GuestOptions.parse([])
            let prepared = try await RunPreparation(axes: arguments.axes, kernels: arguments.kernels, guests: guests) { event in
                switch event {
                case .warning(let text): StandardError.line("warning: \(text)")
                case .preparing(let text) where arguments.fetch: StandardError.line(text)
                default: break
                }
            }
            let plan = arguments.parts.part(of: try await prepared.runner.plan(), costs)
            return (plan, prepared.runner.jobs(for: plan), arguments.fetch ? try await prepared.runner.fetch(plan) : [])
        }
        try print(plan, costs, jobs)
        for failure in failures { StandardError.line("not fetched: \(failure)") }
        if !plan.unavailable.isEmpty || !failures.isEmpty { throw ExitCodes.notProven }
    }

    private func print(_ plan: MatrixPlan, _ costs: CellCosts, _ jobs: JobCount) throws {
        let seconds = plan.milliseconds(costs) / 1000
        let planned = plan.cells.map { EncodedPlannedCell($0, costs) } + plan.unavailable.map(EncodedPlannedCell.init)
        switch format {
        case .json:
            try StandardOutput.writeJSON(
                EncodedPlan(cells: planned, boots: plan.boots, kernels: plan.kernels.count, shard: plan.shard, estimatedSeconds: seconds, jobs: jobs.count))
        case .jsonl:
            for cell in planned { try StandardOutput.writeJSON(cell, isCompact: true) }
        case .table:
            let rows =
                [["cell", "release", "origin", "documented"]] + planned.map { [$0.id, $0.release ?? "-", $0.origin ?? "unavailable", $0.expectation.rawValue] }
            StandardOutput.write(TextColumns.render(rows) + "\n\n")
            if let unavailable = UnavailableCells(plan.unavailable).render() { StandardOutput.write(unavailable + "\n\n") }
            StandardOutput.write("\(plan.cells.count) cells, \(plan.kernels.count) kernels, \(plan.boots) boots")
            StandardOutput.write(plan.unavailable.isEmpty ? "\n" : "; \(plan.unavailable.count) cells unavailable\n")
            let part = plan.shard.map { "part \($0) (\(plan.elsewhere.count) cells in other parts): " } ?? ""
            StandardOutput.write("\(part)about \(max(1, (seconds + 59) / 60)) min without concurrency\n")
            StandardOutput.write("concurrency limit: \(jobs)\n")
        }
    }
}

private struct EncodedPlan: Encodable {
    let cells: [EncodedPlannedCell]
    let boots: Int
    let kernels: Int
    /// Nil for a whole plan.
    let shard: Shard?
    /// One guest after the other, fetching and building included.
    let estimatedSeconds: Int
    /// How many guests would run at once on this machine now.
    let jobs: Int

    enum CodingKeys: String, CodingKey {
        case cells, boots, kernels, shard, jobs
        case estimatedSeconds = "estimated_seconds"
    }
}

/// The axes as in run.json; what a cell does not have is left out.
private struct EncodedPlannedCell: Encodable {
    let id: String
    let guest: String
    let kernel: String?
    let series: String?
    let flavour: String
    let release: String?
    let origin: String?
    let architecture: Architecture
    let cgroup: CgroupLayout
    let profile: String?
    let deployment: String?
    let scenario: String?
    let agent: String?
    let bpf: String?
    let expectation: DocumentedSupport
    let available: Bool
    /// Of the guest alone.
    let estimatedSeconds: Double

    enum CodingKeys: String, CodingKey {
        case id, guest, kernel, series, flavour, release, origin, architecture, cgroup, profile, deployment, scenario, agent, bpf, expectation, available
        case estimatedSeconds = "estimated_seconds"
    }

    init(_ planned: PlannedCell, _ costs: CellCosts) {
        self.init(.cell(planned.cell), planned.expectation, isAvailable: true, seconds: costs.seconds(of: planned.cell))
    }

    init(_ record: CellRecord) { self.init(record.subject, record.expectation, isAvailable: false, seconds: 0) }

    private init(_ subject: CellSubject, _ expectation: DocumentedSupport, isAvailable: Bool, seconds: Double) {
        let axes = subject.axes
        let identity = subject.cell?.kernel
        id = subject.id.text
        guest = axes.guest
        kernel = identity?.version.description
        series = subject.series?.description
        flavour = subject.flavour.name
        release = identity?.release
        origin = identity?.origin
        architecture = axes.architecture
        cgroup = axes.cgroup
        profile = axes.profile
        deployment = axes.deployment
        scenario = axes.scenario
        agent = axes.agent
        bpf = axes.bpf
        self.expectation = expectation
        available = isAvailable
        estimatedSeconds = seconds
    }
}
