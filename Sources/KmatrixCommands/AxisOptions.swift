import ArgumentParser
import MatrixModel
import MatrixPlanning

/// Selects cells: one option per axis, or a matrix file.
struct AxisOptions: ParsableArguments {
    @Option(help: .axis(.distro)) var distro: [String] = []
    @Option(help: .axis(.kernel)) var kernel: [String] = []
    @OptionGroup var architecture: ArchitectureOptions

    @Option(help: ArgumentHelp("Kernel image file, in addition to --kernel", valueName: "file"), completion: .file())
    var kernelImage: [String] = []

    @Option(help: .axis(.cgroup)) var cgroup: [String] = []
    @Option(help: .axis(.bpf)) var bpf: [String] = []
    @Option(help: .axis(.scenario)) var scenario: [String] = []
    @Option(help: .axis(.agent)) var agent: [String] = []

    @Option(
        help: ArgumentHelp("Agent profile (default: recognised; help agents)", valueName: "name"),
        completion: .file(extensions: ["yml", "yaml"]))
    var agentProfile: String?

    @Option(help: .axis(.deployment)) var deployment: [String] = []
    @Option(help: .axis(.profile)) var profile: [String] = []

    @Option(
        help: ArgumentHelp("Matrix file, replaces the above (help matrices)", valueName: "file.yml"),
        completion: .file(extensions: ["yml", "yaml"]))
    var matrix: String?

    private func texts(_ axis: Axis) -> [String] {
        switch axis {
        case .distro: distro
        case .kernel: kernel + kernelImage.map { $0.contains("/") ? $0 : "./" + $0 }
        case .cgroup: cgroup
        case .bpf: bpf
        case .scenario: scenario
        case .agent: agent
        case .deployment: deployment
        case .profile: profile
        case .arch: architecture.arch
        }
    }

    /// Only errors in the command line itself are reported with the usage.
    private var block: MatrixBlock {
        let written = Axis.allCases.map { axis in
            (axis, texts(axis).map { text in MatrixBlock.Text(text) { $0 is SelectorError ? ValidationError("--\(axis.rawValue): \($0)") : $0 } })
        }
        return MatrixBlock(Dictionary(uniqueKeysWithValues: written), name: { "--\($0.rawValue)" }, report: { ValidationError($0) })
    }

    func validate() throws {
        guard matrix != nil else { return try block.check() }
        if let other = block.axes.map(\.rawValue).min() {
            throw ValidationError("--matrix and --\(other) cannot be combined; write the \(other) axis into the matrix file")
        }
    }

    func matrixFile() throws -> MatrixFile? { try matrix.map { try MatrixFile(path: $0) } }

    /// Returns the blocks of the file, or the single block of the command line.
    func blocks(_ products: Products, _ file: MatrixFile?) async throws -> (axes: [MatrixAxes], exclusions: [CellPattern]) {
        guard let file else { return (try await block.axes(products), []) }
        var blocks: [MatrixAxes] = []
        for block in file.blocks { blocks += try await block.axes(products) }
        return (blocks, file.exclusions)
    }
}

extension ArgumentHelp {
    static func axis(_ axis: Axis) -> ArgumentHelp { ArgumentHelp("\(axis.help)", valueName: axis.valueName) }
}
