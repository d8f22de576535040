import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import MatrixReport
import MatrixRunner
import Probes
import SystemPackage

/// `kmatrix conformance`: runs the checks of upstream's security tests against an agent.
struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Run upstream's security and end-to-end checks",
        discussion: """
            Boots a guest per group of checks. Results carry upstream's ids: pass, fail,
            not-reached (another check failed), not-applicable or unproven.

            EXAMPLES
              kmatrix conformance --kernel 6.1
              kmatrix conformance --kernel 6.12 --agent ./agent_1.0.47-0.deb

            EXIT CODES
              0  no check failed, but for known defects of the agent's profile
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
        if results.contains(where: { $0.state == .fail && !$0.isKnownDefect }) { throw ExitCode(1) }
        if results.contains(where: { $0.state == .unproven }) { throw ExitCode(3) }
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
            let state = result.state.rawValue.padding(toLength: 16, withPad: " ", startingAt: 0)
            let indent = "\n" + String(repeating: " ", count: width + 16)
            let detail = result.state == .pass && result.id != "LOAD" ? "" : indent + result.detail
            let defect = result.knownDefect.map { "\(indent)known defect until \($0.until): \($0.reason)" } ?? ""
            return id + state + result.title + detail + defect
        }
        let counts = ProofState.allCases.compactMap { state in
            let count = results.count { $0.state == state }
            let known = state == .fail ? results.count(where: \.isKnownDefect) : 0
            return count > 0 ? "\(count) \(state.rawValue)" + (known > 0 ? " (\(known) known)" : "") : nil
        }
        return lines.joined(separator: "\n") + "\n\n\(counts.joined(separator: ", "))\nevidence: \(evidence)\n"
    }
}
