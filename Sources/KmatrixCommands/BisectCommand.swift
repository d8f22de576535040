import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import MatrixRunner
import SystemPackage

/// `kmatrix bisect`: between which two kernels does a cause begin or end?
struct BisectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect",
        abstract: "Find between which two kernels a cause begins or ends, with the fewest boots.",
        discussion: """
            Takes the selectors of run, which must leave the kernel as the only axis. Boots \
            the oldest and the newest, then the middle of what is left, again and again. A \
            cell that proves nothing is gone round. Answers that change more than once are \
            reported as that.

            EXAMPLES
              kmatrix bisect --kernel all --cgroup unified --bpf loop-lookup
              kmatrix bisect --kernel '>=5.10,<6.13' --cgroup unified --bpf return-value --cause verifier-rejected

            EXIT CODES
              0  a boundary was found
              1  the answer changes more than once
              2  the command line or a setting is wrong
              3  there is no boundary, or too little could be proven
            130  interrupted; the cells that were run are kept
            """)

    @OptionGroup(title: "Axes") var axes: AxisOptions
    @OptionGroup(title: "Kernels") var kernels: KernelOptions
    @OptionGroup(title: "Guests") var guests: GuestOptions

    @Option(help: ArgumentHelp("The cause whose boundary is sought (default: anything that makes a cell incompatible).", valueName: "cause"))
    var cause: String?

    @Option(help: ArgumentHelp("The folder of the runs, one for each boot (default: a new one under $XDG_STATE_HOME/kmatrix/runs).", valueName: "folder"))
    var out: String?

    @Option(help: "How to print the outcome: table, json, or jsonl (a line per cell as it finishes, then the outcome).")
    var format: OutputFormat = .table

    func validate() throws {
        if let cause, Cause(rawValue: cause) == nil { throw ValidationError("'\(cause)' is no cause; 'kmatrix explain' lists them") }
    }

    func run() async throws {
        let arguments = self
        let encoded = try await InterruptibleWork.run { try await arguments.execute() }
        switch format {
        case .table: StandardOutput.write(encoded.text + "\n")
        case .json: try StandardOutput.writeJSON(encoded)
        case .jsonl: try StandardOutput.writeJSON(encoded, isCompact: true)
        }
        throw encoded.exitCode
    }

    private func execute() async throws -> EncodedBoundary {
        let display = ProgressDisplay()
        defer { display.end() }
        let prepared = try await RunPreparation(axes: axes, kernels: kernels, guests: guests, events: display.show)
        let plan = try await prepared.runner.plan()
        let cells = plan.cells
        guard cells.count == Set(cells.map(\.cell.kernel)).count else {
            throw ValidationError("\(cells.count) cells of \(plan.kernels.count) kernels: name one layout (--cgroup unified), one program and one scenario, so that only the kernel differs")
        }
        guard cells.count > 1 else { throw ValidationError("a boundary needs two kernels at least; \(cells.count) are on offer for what was asked") }
        let identifier = RunIdentifier.make()
        let place = out.map { FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath($0)) }
            ?? RunFolder.standardParent(environment: ProcessInfo.processInfo.environment).appending("bisect-\(identifier)")
        var search = BoundarySearch(count: cells.count)
        var records: [CellRecord] = []
        while case .ask(let index) = search.next {
            let folder = try RunFolder.create(at: place.appending("boot-\(records.count + 1)").lexicallyNormalized())
            let step = MatrixPlan(cells: [cells[index]], unavailable: [], warnings: plan.warnings)
            guard let record = try await prepared.runner.run(step, id: "\(identifier)-\(records.count + 1)", in: folder).cells.first else { break }
            if format == .jsonl { try StandardOutput.writeJSON(["cell": record], isCompact: true) }
            records.append(record)
            search.record(answer(of: record), at: index)
        }
        return EncodedBoundary(search, kernels: cells.map(\.cell.kernel), cause: cause, records: records, folder: place.string)
    }

    /// Whether a cell shows what is sought; one that proves nothing answers nothing.
    private func answer(of record: CellRecord) -> BoundarySearch.Answer {
        switch record.verdict {
        case .inconclusive, .unavailable, .notRun: .unknown
        case .compatible: .no
        case .degraded: cause != nil && record.cause?.rawValue == cause ? .yes : .no
        case .incompatible: cause == nil || record.cause?.rawValue == cause ? .yes : .no
        }
    }
}
