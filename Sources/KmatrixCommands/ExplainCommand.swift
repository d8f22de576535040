import ArgumentParser
import Guidance
import MatrixReport
import Probes

/// `kmatrix explain`: explains a cause or an error of the control plane.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a cause, proof, error code or pasted message",
        discussion: """
            Explains a cause of a verdict or diagnosis, a proof of a cell, or an error code
            or message of the control plane (quoted, or - for standard input). Without argument: lists all.

            EXAMPLES
              kmatrix explain
              kmatrix explain attach-failed/no-cgroup2 --family sles
              kmatrix explain dual-stack
              kmatrix explain InVMAccessControlProfileNotFound

            EXIT CODES
              0  explained
              2  unknown
            """)

    @Argument(help: ArgumentHelp("Cause, proof, error code, message, or -", valueName: "code"))
    var subject: String?

    @Option(help: ArgumentHelp("Commands for debian, ubuntu, rhel-like, sles, ...", valueName: "family"), transform: DistributionFamily.named)
    var family: DistributionFamily = .other

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() throws {
        guard let subject else { return try list() }
        let text = subject == "-" ? try StandardInput.text(limit: 1 << 20) : subject
        let found = Explanation.of(text, family: family)
        guard !found.isEmpty else {
            let shown = text.prefix(80).debugDescription
            throw ValidationError("\(shown) is not a known cause, proof, error code or message; 'kmatrix explain' lists all")
        }
        switch format {
        case .json: try StandardOutput.writeJSON(["explanations": found])
        case .jsonl: for explanation in found { try StandardOutput.writeJSON(explanation, isCompact: true) }
        case .table: StandardOutput.write(found.map(\.text).joined(separator: "\n"))
        }
    }

    private func list() throws {
        let all =
            CauseGuide.all.map { Explanation($0, family: family) } + Probe.all.map { Explanation($0) }
            + ControlPlaneError.all.map { Explanation($0, filledIn: []) }
        switch format {
        case .json: try StandardOutput.writeJSON(["explanations": all])
        case .jsonl: for explanation in all { try StandardOutput.writeJSON(explanation, isCompact: true) }
        case .table:
            StandardOutput.write(
                TextColumns.render([["kind", "code", "what it is"]] + all.map { [$0.kind.rawValue, $0.codes.joined(separator: "/"), $0.title] }) + "\n")
        }
    }
}
