import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import MatrixPlanning
import MatrixRunner
import SystemPackage

/// `kmatrix bisect`: finds the two kernels between which a cause begins or ends.
struct BisectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect",
        abstract: "Find the kernel at which a cause begins or ends",
        discussion: """
            Takes the selectors of run; only the kernel may have several values. Boots the
            oldest and the newest kernel, then bisects. Cells without a verdict are skipped.

            EXAMPLES
              kmatrix bisect --kernel all --cgroup unified --bpf loop-lookup
              kmatrix bisect --kernel all --cgroup unified --cause verifier-rejected

            EXIT CODES
              0  a boundary was found
              1  the answer changes more than once
              2  the command line or a setting is wrong
              3  there is no boundary, or too few cells have a verdict
            130  interrupted; finished cells are kept
            """)

    @OptionGroup(title: "Cells") var axes: AxisOptions
    @OptionGroup(title: "Repositories") var kernels: KernelOptions
    @OptionGroup(title: "Guests") var guests: GuestOptions
    @OptionGroup(title: "Guests") var proof: ProofOptions

    @Option(help: ArgumentHelp("Cause to look for (default: any incompatible verdict)", valueName: "cause"))
    var cause: String?

    @Option(help: ArgumentHelp("Folder for the runs (default: below $XDG_STATE_HOME)", valueName: "folder"))
    var out: String?

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func validate() throws {
        if let cause, Cause(rawValue: cause) == nil { throw ValidationError("unknown cause '\(cause)'; 'kmatrix explain' lists the causes") }
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
        let prepared = try await RunPreparation(axes: axes, kernels: kernels, guests: guests, proof: proof.tier, events: display.show)
        let plan = try await prepared.runner.plan()
        let cells = plan.cells
        guard cells.count == Set(cells.map(\.cell.kernel)).count else {
            throw ValidationError(
                "\(cells.count) cells of \(plan.kernels.count) kernels differ in more than the kernel; select one layout (--cgroup unified), one program "
                    + "and one scenario"
            )
        }
        guard cells.count > 1 else { throw ValidationError("bisect needs at least two kernels, but the selectors match \(cells.count); widen --kernel") }
        let identifier = RunIdentifier.make()
        let place =
            out.map { FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath($0)) }
            ?? RunFolder.standardParent(environment: ProcessInfo.processInfo.environment).appending("bisect-\(identifier)")
        var search = BoundarySearch(count: cells.count)
        var records: [CellRecord] = []
        while case .ask(let index) = search.next {
            let folder = try RunFolder.create(at: place.appending("boot-\(records.count + 1)").lexicallyNormalized())
            let step = MatrixPlan(cells: [cells[index]], unavailable: [], warnings: plan.warnings)
            guard let record = try await prepared.runner.run(step, id: "\(identifier)-\(records.count + 1)", in: folder).cells.first else { break }
            if format == .jsonl { try StandardOutput.writeJSON(["cell": record], isCompact: true) }
            records.append(record)
            search.record(BoundarySearch.Answer(record, has: cause.flatMap(Cause.init)), at: index)
        }
        return EncodedBoundary(search, kernels: cells.map(\.cell.kernel), cause: cause, records: records, folder: place.string)
    }
}
