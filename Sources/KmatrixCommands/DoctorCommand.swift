import ArgumentParser
import MatrixReport
import MatrixRunner

/// `kmatrix doctor`: is this machine fit?
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check host, tools, accelerator, mirror and cache. Each line is ok or says what to do.",
        discussion: "Exits with 0 when a run can work here, with 3 when something that a run needs is missing.")

    @OptionGroup(title: "Kernels") var kernels: KernelOptions

    @Option(help: "How to print the checks: table, json, or jsonl.")
    var format: OutputFormat = .table

    func run() async throws {
        let arguments = self
        let checks = try await InterruptibleWork.run { await HostExamination(kernels: arguments.kernels).checks() }
        switch format {
        case .json: try StandardOutput.writeJSON(["checks": checks])
        case .jsonl: for check in checks { try StandardOutput.writeJSON(check, isCompact: true) }
        case .table: StandardOutput.write(TextColumns.render(checks.map { [$0.outcome.rawValue, $0.name, $0.detail] }) + "\n")
        }
        if checks.contains(where: { $0.outcome == .missing }) { throw ExitCodes.notProven }
    }
}
