import ArgumentParser
import CellExpectations
import EvidenceStore
import Foundation
import MatrixModel
import MatrixReport
import MatrixRunner
import SystemPackage

/// `kmatrix run`: boots every cell and judges it.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Boot every cell, judge it, and print the table.",
        discussion: """
            EXAMPLES
              kmatrix run --kernel 6.1
              kmatrix run --kernel 5.10 --kernel 6.1 --cgroup unified --cgroup legacy
              kmatrix run --kernel all --cgroup unified --format jsonl
              kmatrix run --kernel 5.10 --kernel 6.12 --bpf loop-lookup --cgroup unified
              kmatrix run --matrix images/nightly.yml --shard 2/3 --out runs/part-2

            Evidence of every cell is kept in a folder of the run (--out); its path stands under the table.
            """)

    @OptionGroup(title: "Axes") var axes: AxisOptions
    @OptionGroup(title: "Kernels") var kernels: KernelOptions
    @OptionGroup(title: "Guests") var guests: GuestOptions

    @Option(help: ArgumentHelp("The run's folder (default: a new one under $XDG_STATE_HOME/kmatrix/runs).", valueName: "folder"))
    var out: String?

    @Option(
        help: ArgumentHelp(
            "Finish a run that was interrupted or killed, in its folder: what has a verdict is kept; what is not-run, unavailable or evidence-lost is tried again.",
            discussion: """
                Takes the same axes as the run had; another plan is refused. A verdict on a cell that is made of something else today (see --reuse) \
                is not kept: the cell is measured again.
                """, valueName: "run-folder"), completion: .directory)
    var resume: String?

    @Flag(
        help: ArgumentHelp(
            "Take verdicts over from the history where nothing a cell is made of has changed.",
            discussion: """
                Kernel, initramfs, agent, program, image, scenario, emulator and kmatrix itself have to be the same, and the earlier verdict must \
                have needed no retry. The cell is marked as reused, and its evidence is copied from the earlier run's folder.
                """))
    var reuse = false

    @Option(help: "How to print the outcome: table, json (one object), or jsonl (a line per cell as it finishes, then the run).")
    var format: OutputFormat = .table

    @Flag(help: "End the run at the first cell that contradicts its expectation.")
    var failFast = false

    @Flag(help: "Run every cell whatever happens (the default).")
    var keepGoing = false

    @Option(help: ArgumentHelp(
        "So many of the cells that came from a snapshot, or such a part of them (0.1), are booted as well; any difference of verdict or cause ends with exit code 4.",
        valueName: "sample"))
    var verifySnapshots: String?

    @OptionGroup(title: "Parts") var parts: ShardOptions
    @OptionGroup(title: "Expectations") var expected: ExpectationOptions
    @OptionGroup(title: "History") var history: HistoryOptions

    @Flag(help: "Say of each suite of a repository what became of it; run.json has it in any case.")
    var verbose = false

    @Flag(help: "Leave the run out of the history.")
    var noHistory = false

    func validate() throws {
        if failFast && keepGoing { throw ValidationError("--fail-fast and --keep-going contradict each other") }
        if out != nil && resume != nil { throw ValidationError("--resume works in the folder of the run it finishes: leave --out out") }
        if let verifySnapshots, SnapshotSample(parsing: verifySnapshots) == nil {
            throw ValidationError("--verify-snapshots takes a number of cells (3) or a part of them (0.25), not '\(verifySnapshots)'")
        }
        if verifySnapshots != nil, guests.boot == .cold { throw ValidationError("--verify-snapshots has nothing to compare with --boot cold") }
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
        // Read before anything is booted: a file that is wrong, or past its day, is known at once.
        let matrix = try axes.matrixFile()
        let expectations = try expected.load(besides: matrix?.expectations)
        // All parts are divided by the same costs; in which order they are run, and how long it takes, this machine may know better.
        let known = parts.costs.costs != nil || noHistory ? costs : history.costs()
        let display = ProgressDisplay(costs: known, isVerbose: verbose)
        defer { display.end() }
        let contradicts: @Sendable (CellRecord) -> Bool = { expectations.assessment(of: CellOutcome($0)) == .contradicted }
        let prepared = try await RunPreparation(
            axes: axes, matrix: matrix, kernels: kernels, guests: guests, costs: known, endsRun: failFast ? contradicts : nil,
            verification: verifySnapshots.flatMap { SnapshotSample(parsing: $0) }, events: display.show)
        let identifier = RunIdentifier.make()
        let parent = RunFolder.standardParent(environment: ProcessInfo.processInfo.environment)
        let place = (resume ?? out).map { FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath($0)) } ?? parent.appending(identifier)
        // Made before anything is fetched: a folder that cannot be written is known at once.
        let folder = resume == nil ? try RunFolder.create(at: place.lexicallyNormalized()) : try RunResumption.folder(at: place.lexicallyNormalized())
        let lock = try RunFolderLock(folder.path)
        defer { withExtendedLifetime(lock) {} }
        let plan = parts.part(of: try await prepared.runner.plan(), costs)
        let planned = Set(plan.cells.map(\.cell.id.text) + plan.unavailable.map(\.id))
        let resumption = resume == nil ? nil : try RunResumption(of: folder, planned: planned, shard: plan.shard)
        let earlier = reuse ? try history.openExisting().map(HistoricVerdicts.init) : nil
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

/// Names a run by when it started, so that names sort by time; a random tail keeps two of one second apart.
enum RunIdentifier {
    static func make(now: Date = Date()) -> String {
        let stamp = now.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
        return "\(stamp)-\(String(UInt16.random(in: .min ... .max), radix: 36))"
    }
}
