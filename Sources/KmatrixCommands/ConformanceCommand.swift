import ArgumentParser
import Conformance
import EvidenceStore
import Foundation
import MatrixReport
import MatrixRunner
import SystemPackage

/// `kmatrix conformance`: runs the checks of upstream's security tests against an agent.
struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Run upstream's security and end-to-end checks",
        discussion: """
            Boots a guest per group of checks. Results carry upstream's ids: pass, fail,
            not-applicable or not-run.

            EXAMPLES
              kmatrix conformance --kernel 6.1
              kmatrix conformance --kernel 6.12 --agent ./agent_1.0.47-0_amd64.deb

            EXIT CODES
              0  no check failed
              1  a check failed
              2  the command line or a setting is wrong
              3  a check could not run
            """)

    @OptionGroup(title: "Cells") var axes: AxisOptions
    @OptionGroup(title: "Repositories") var kernels: KernelOptions
    @OptionGroup(title: "Guests") var guests: GuestOptions

    @Option(help: ArgumentHelp("Evidence folder (default: new, below $XDG_STATE_HOME)", valueName: "folder"))
    var out: String?

    @Option(help: ArgumentHelp("Run only N bursts of 200 clients, not the suite", valueName: "n"))
    var load: Int?

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func validate() throws {
        if let load, !(1...500).contains(load) { throw ValidationError("--load must be between 1 and 500") }
    }

    func run() async throws {
        let arguments = self
        let results = try await InterruptibleWork.run { try await arguments.execute() }
        if results.contains(where: { $0.status == .notRun }) { throw ExitCode(3) }
        if results.contains(where: { $0.status == .fail }) { throw ExitCode(1) }
    }

    private func execute() async throws -> [ConformanceResult] {
        let display = ProgressDisplay()
        defer { display.end() }
        var axes = axes
        if axes.cgroup.isEmpty { axes.cgroup = ["unified"] }
        let prepared = try await RunPreparation(axes: axes, kernels: kernels, guests: guests, events: display.show)
        let parent = RunFolder.standardParent(environment: ProcessInfo.processInfo.environment)
        let place = out.map { FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath($0)) } ?? parent.appending(RunIdentifier.make())
        let folder = try RunFolder.create(at: place.lexicallyNormalized())
        let results = try await prepared.runner.conformance(
            prepared.runner.plan(), groups: load.map { [.load(rounds: $0)] } ?? ConformanceGroup.all, in: folder.path)
        display.end()
        switch format {
        case .table: StandardOutput.write(Self.table(results, evidence: folder.path.string))
        case .json: try StandardOutput.writeJSON(["results": results])
        case .jsonl: for result in results { try StandardOutput.writeJSON(result, isCompact: true) }
        }
        return results
    }

    static func table(_ results: [ConformanceResult], evidence: String) -> String {
        let width = (results.map(\.id.count).max() ?? 0) + 2
        let lines = results.map { result in
            let id = result.id.padding(toLength: width, withPad: " ", startingAt: 0)
            let status = result.status.rawValue.padding(toLength: 16, withPad: " ", startingAt: 0)
            let detail = result.status == .pass && result.id != "LOAD" ? "" : "\n" + String(repeating: " ", count: width + 16) + result.detail
            return id + status + result.title + detail
        }
        let counts = ConformanceResult.Status.allCases.compactMap { status in
            let count = results.count { $0.status == status }
            return count > 0 ? "\(count) \(status.rawValue)" : nil
        }
        return lines.joined(separator: "\n") + "\n\n\(counts.joined(separator: ", "))\nevidence: \(evidence)\n"
    }
}
