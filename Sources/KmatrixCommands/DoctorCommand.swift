import ArgumentParser
import ArtefactCache
import MatrixModel
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

            With --arch, what guests of that architecture need and this machine
            lacks counts as missing.

            EXIT CODES
              0  this machine can run kmatrix
              3  something is missing that a run needs
            """)

    @OptionGroup(title: "Repositories") var kernels: KernelOptions

    @OptionGroup var architecture: ArchitectureOptions

    @Flag(help: "Boot a trial guest with /dev/kvm again")
    var probe = false

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() async throws {
        let arguments = self
        let architectures = Set(try architecture.architectures())
        let checks = try await InterruptibleWork.run { await arguments.examination(architectures).checks() }
        switch format {
        case .json: try StandardOutput.writeJSON(["checks": checks])
        case .jsonl: for check in checks { try StandardOutput.writeJSON(check, isCompact: true) }
        case .table: StandardOutput.write(TextColumns.render(checks.map { [$0.outcome.rawValue, $0.name, $0.detail] }) + "\n")
        }
        if checks.contains(where: { $0.outcome == .missing }) { throw ExitCodes.notProven }
    }

    private func examination(_ architectures: Set<Architecture>) -> HostExamination {
        let (cache, kernels) = (ArtefactCache.standard(), kernels)
        let trial: @Sendable () async throws -> MatrixRunner = {
            let axes = try AxisOptions.parse(["--kernel", "6.1", "--cgroup", "unified"])
            return try await RunPreparation(axes: axes, kernels: kernels, guests: GuestOptions.parse([])) { _ in }.runner
        }
        return HostExamination(
            products: RunPreparation.productsFolder(), cache: cache, repositories: Result { try kernels.settings(cache: cache) },
            architectures: architectures, trial: probe ? trial : nil)
    }
}
