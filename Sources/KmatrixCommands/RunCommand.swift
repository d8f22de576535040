import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import MatrixPlanning
import RunHistory
import MatrixReport
import MatrixRunner
import SystemPackage

/// `kmatrix run`: boots every cell and judges it.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Boot every cell, judge it, and print the table",
        discussion: """
            EXAMPLES
              kmatrix run --kernel 6.1                         all cgroup layouts
              kmatrix run --distro 'debian-*' --cgroup unified --format jsonl
              kmatrix run --matrix images/nightly.yml --shard 2/3 --out part-2

            Options under CELLS may be repeated. 'help TOPIC' means 'kmatrix help TOPIC'.
            """)

    @OptionGroup(title: "Cells") var axes: AxisOptions
    @OptionGroup(title: "Repositories") var kernels: KernelOptions
    @OptionGroup(title: "Guests") var guests: GuestOptions
    @OptionGroup(title: "Guests") var proof: ProofOptions

    @Option(help: ArgumentHelp("Run folder (default: new, below $XDG_STATE_HOME)", valueName: "folder"))
    var out: String?

    @Option(help: ArgumentHelp("Finish an interrupted run (help resuming)", valueName: "folder"), completion: .directory)
    var resume: String?

    @Flag(help: "Reuse verdicts of unchanged cells (help resuming)")
    var reuse = false

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    @Flag(help: "Stop at the first cell that contradicts expectation")
    var failFast = false

    @Flag(help: "Run all cells (default)")
    var keepGoing = false

    @Option(help: ArgumentHelp("Cold-boot a sample to compare (help snapshots)", valueName: "n"))
    var verifySnapshots: String?

    @OptionGroup var parts: ShardOptions
    @OptionGroup var expected: ExpectationOptions
    @OptionGroup var history: HistoryOptions

    @Flag(help: "Report every suite of a repository")
    var verbose = false

    @Flag(help: "Do not record the run in the history")
    var noHistory = false

    func validate() throws {
        if failFast && keepGoing { throw ValidationError("--fail-fast and --keep-going cannot be combined") }
        if out != nil && resume != nil { throw ValidationError("--resume and --out cannot be combined; --resume writes to the folder of the run it finishes") }
        if let verifySnapshots, SnapshotSample(parsing: verifySnapshots) == nil {
            throw ValidationError("--verify-snapshots '\(verifySnapshots)' is neither a number of cells (3) nor a fraction (0.25)")
        }
        if verifySnapshots != nil, guests.boot == .cold {
            throw ValidationError("--verify-snapshots and --boot cold cannot be combined; without snapshots there is nothing to compare")
        }
    }

    func run() async throws {
        let arguments = self
        let costs = try parts.costs.cellCosts()
        let (document, expectations) = try await InterruptibleWork.run { try await arguments.execute(costs) }
        expectations.explain(document.outcomes)
        if document.run.snapshotCheck?.differences.isEmpty == false { throw ExitCodes.snapshotsDiffer }
        throw ExitCodes.code(for: document.cells, expectations)
    }

    private func execute(_ costs: CellCosts) async throws -> (RunDocument, Expectations) {
        // Read first, so that an invalid or expired file is reported before anything boots.
        let matrix = try axes.matrixFile()
        let expectations = try expected.load(besides: matrix?.expectations)
        // All parts are divided by the same costs. For the order and the ETA, this machine's history is better.
        let known = parts.costs.costs != nil || noHistory ? costs : history.costs()
        let display = ProgressDisplay(costs: known, isVerbose: verbose)
        defer { display.end() }
        let contradicts: @Sendable (CellRecord) -> Bool = { expectations.assessment(of: CellOutcome($0)) == .contradicted }
        let prepared = try await RunPreparation(
            axes: axes, matrix: matrix, kernels: kernels, guests: guests, proof: proof.tier, costs: known, endsRun: failFast ? contradicts : nil,
            verification: verifySnapshots.flatMap { SnapshotSample(parsing: $0) }, events: display.show)
        let identifier = RunIdentifier.make()
        let parent = RunFolder.standardParent(environment: ProcessInfo.processInfo.environment)
        let place = (resume ?? out).map { FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath($0)) } ?? parent.appending(identifier)
        // Created first, so that an unwritable folder is reported before anything is fetched.
        let folder = resume == nil ? try RunFolder.create(at: place.lexicallyNormalized()) : try RunResumption.folder(at: place.lexicallyNormalized())
        let lock = try RunFolderLock(folder.path)
        defer { withExtendedLifetime(lock) {} }
        let plan = parts.part(of: try await prepared.runner.plan(), costs)
        let planned = Set(plan.cells.map(\.cell.id.text) + plan.unavailable.map(\.id))
        let resumption = resume == nil ? nil : try RunResumption(of: folder, planned: planned, shard: plan.shard)
        let earlier = reuse ? try history.openExisting().map { HistoricVerdicts($0) } : nil
        let document = try await prepared.runner.run(plan, id: identifier, in: folder, resuming: resumption, earlier: earlier) { record in
            if format == .jsonl { try? StandardOutput.writeJSON(["cell": record], isCompact: true) }
        }
        display.end()
        if !noHistory { history.record(document, folder: folder.path) }
        try print(document)
        for note in document.run.notes ?? [] { StandardError.line("note: \(note)") }
        return (document, expectations)
    }

    private func print(_ document: RunDocument) throws {
        switch format {
        case .table:
            StandardOutput.write(MatrixTable(document, style: StandardOutput.showsColour ? .colour : .plain).render())
        case .json: try StandardOutput.writeJSON(document)
        case .jsonl: try StandardOutput.writeJSON(["run": document.run], isCompact: true)
        }
    }
}
