import ArgumentParser
import MatrixModel
import MatrixPlanning
import MatrixRunner

/// Selects cells: one option per axis, or a matrix file.
struct AxisOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Distribution, pattern, or disk image (help selectors)", valueName: "name"))
    var distro: [String] = []

    @Option(help: ArgumentHelp("Kernel: 6.1, '>=5.10,<6.13', all (help selectors)", valueName: "selector"))
    var kernel: [String] = []

    @OptionGroup var architecture: ArchitectureOptions

    @Option(help: ArgumentHelp("Kernel image file, in addition to --kernel", valueName: "file"), completion: .file())
    var kernelImage: [String] = []

    @Option(help: ArgumentHelp("Cgroup layout, such as unified or all (help selectors)", valueName: "layout"))
    var cgroup: [String] = []

    @Option(help: ArgumentHelp("BPF program that replaces the agent's (help selectors)", valueName: "program"))
    var bpf: [String] = []

    @Option(help: ArgumentHelp("Platform scenario, default: normal (help scenarios)", valueName: "name"))
    var scenario: [String] = []

    @Option(help: ArgumentHelp("Agent package or folder, default: own (help selectors)", valueName: "bundle"))
    var agent: [String] = []

    @Option(
        help: ArgumentHelp("Agent profile (default: recognised; help agents)", valueName: "name"),
        completion: .file(extensions: ["yml", "yaml"]))
    var agentProfile: String?

    @Option(help: ArgumentHelp("Deployment on the platform (help deployments)", valueName: "name"))
    var deployment: [String] = []

    @Option(help: ArgumentHelp("Kernel hardening profile (help profiles)", valueName: "name"))
    var profile: [String] = []

    @Option(
        help: ArgumentHelp("Matrix file, replaces the above (help matrices)", valueName: "file.yml"),
        completion: .file(extensions: ["yml", "yaml"]))
    var matrix: String?

    private var written: [AxisTexts.Axis: [String]] {
        [
            .distro: distro, .kernel: kernel + kernelImage.map { $0.contains("/") ? $0 : "./" + $0 }, .cgroup: cgroup, .bpf: bpf, .scenario: scenario,
            .agent: agent, .deployment: deployment, .profile: profile,
            .arch: architecture.arch,
        ].filter { !$0.value.isEmpty }
    }

    func validate() throws {
        guard matrix == nil else {
            if let other = written.keys.map(\.rawValue).sorted().first {
                throw ValidationError("--matrix and --\(other) cannot be combined; write the \(other) axis into the matrix file")
            }
            return
        }
        try texts.check()
    }

    /// Only errors in the command line itself are reported with the usage.
    private var texts: AxisTexts {
        let items = written.map { axis, texts in
            (axis, texts.map { text in AxisTexts.Item(text: text) { $0 is SelectorError ? ValidationError("--\(axis.rawValue): \($0)") : $0 } })
        }
        return AxisTexts(items: Dictionary(uniqueKeysWithValues: items), name: { "--\($0.rawValue)" }, complain: { ValidationError($0) })
    }

    func matrixFile() throws -> MatrixFile? { try matrix.map { try MatrixFile(path: $0) } }

    /// Returns the blocks of the file, or the single block of the command line.
    func blocks(_ products: Products, _ file: MatrixFile?) async throws -> (axes: [MatrixAxes], exclusions: [CellPattern]) {
        guard let file else { return (try await texts.axes(products), []) }
        var blocks: [MatrixAxes] = []
        for block in file.blocks { blocks += try await block.axes(products) }
        return (blocks, file.exclusions)
    }
}
