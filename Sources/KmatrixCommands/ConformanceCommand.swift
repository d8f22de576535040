import ArgumentParser
import Conformance
import EvidenceStore
import Foundation
import MatrixReport
import MatrixRunner
import SystemPackage

/// `kmatrix conformance`: what upstream's own security tests ask of an agent.
struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Put an agent through the checks of upstream's security and end-to-end suites.",
        discussion: """
            Boots a guest for each group of checks and reports by upstream's ids: pass, fail or not-applicable.

            EXAMPLES
              kmatrix conformance --kernel 6.1
              kmatrix conformance --kernel 6.12 --agent ./azure-proxy-agent_1.0.47-0_amd64.deb --format json

            EXIT CODES
              0 nothing failed, 1 a check failed, 2 usage, 3 a check could not be run
            """)

    @OptionGroup(title: "Axes") var axes: AxisOptions
    @OptionGroup(title: "Kernels") var kernels: KernelOptions
    @OptionGroup(title: "Guests") var guests: GuestOptions

    @Option(help: ArgumentHelp("The folder for each group's evidence (default: a new one under $XDG_STATE_HOME/kmatrix/runs).", valueName: "folder"))
    var out: String?

    @Option(help: ArgumentHelp("Instead of the suite, so many rounds of 200 clients at once, each of whom must be taken for who they are.", valueName: "rounds"))
    var load: Int?

    @Option(help: "How to print the results: table or json.")
    var format: OutputFormat = .table

    func validate() throws {
        if let load, !(1...500).contains(load) { throw ValidationError("--load must lie between 1 and 500") }
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
