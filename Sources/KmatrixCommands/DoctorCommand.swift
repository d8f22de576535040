import ArgumentParser
import MatrixReport
import MatrixRunner

/// `kmatrix doctor`: checks whether this machine can run kmatrix.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check host, tools, accelerator, mirror and cache",
        discussion: """
            Each line is ok, or says what to do. Whether /dev/kvm runs guests is
            remembered, for a day when a trial guest was late; --probe tries again.

            EXIT CODES
              0  this machine can run kmatrix
              3  something is missing that a run needs
            """)

    @OptionGroup(title: "Repositories") var kernels: KernelOptions

    @Flag(help: "Boot a trial guest with /dev/kvm again")
    var probe = false

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() async throws {
        let arguments = self
        let checks = try await InterruptibleWork.run { await HostExamination(kernels: arguments.kernels, probesAgain: arguments.probe).checks() }
        switch format {
        case .json: try StandardOutput.writeJSON(["checks": checks])
        case .jsonl: for check in checks { try StandardOutput.writeJSON(check, isCompact: true) }
        case .table: StandardOutput.write(TextColumns.render(checks.map { [$0.outcome.rawValue, $0.name, $0.detail] }) + "\n")
        }
        if checks.contains(where: { $0.outcome == .missing }) { throw ExitCodes.notProven }
    }
}
