import ArgumentParser
import Guidance
import MatrixReport

/// `kmatrix explain`: what a cause or an error of the control plane means.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a cause, an error code of the control plane, or a pasted message.",
        discussion: """
            A cause is one of ours, as it stands in verdicts and diagnoses. An error code is \
            what a deployment or an update of the model fails with. A message may be pasted \
            as it came, in quotes or through standard input (-). Without argument: a list.

            EXAMPLES
              kmatrix explain
              kmatrix explain attach-failed/no-cgroup2 --family sles
              kmatrix explain InVMAccessControlProfileNotFound
              kmatrix explain "The value securityProfile.proxyAgentSettings.keyIncarnationId can only be incremented."

            EXIT CODES
              0  it is explained below
              2  it is not known; what is, says kmatrix explain
            """)

    @Argument(help: ArgumentHelp("A cause, an error code, a message, or - for standard input.", valueName: "code"))
    var subject: String?

    @Option(help: "Spell the remedies for this family: \(DistributionFamily.allCases.map(\.rawValue).joined(separator: ", ")).", transform: DistributionFamily.named)
    var family: DistributionFamily = .other

    @Option(help: "How to print: table, json, or jsonl.")
    var format: OutputFormat = .table

    func run() throws {
        guard let subject else { return try list() }
        let text = subject == "-" ? try StandardInput.text(limit: 1 << 20) : subject
        let found = Explanation.of(text, family: family)
        guard !found.isEmpty else {
            let shown = text.prefix(80).debugDescription
            throw ValidationError("\(shown) is neither a cause, nor an error code of the control plane, nor one of its messages; 'kmatrix explain' lists all")
        }
        switch format {
        case .json: try StandardOutput.writeJSON(["explanations": found])
        case .jsonl: for explanation in found { try StandardOutput.writeJSON(explanation, isCompact: true) }
        case .table: StandardOutput.write(found.map(\.text).joined(separator: "\n"))
        }
    }

    private func list() throws {
        let all = CauseGuide.all.map { Explanation($0, family: family) } + ControlPlaneError.all.map { Explanation($0, filledIn: []) }
        switch format {
        case .json: try StandardOutput.writeJSON(["explanations": all])
        case .jsonl: for explanation in all { try StandardOutput.writeJSON(explanation, isCompact: true) }
        case .table: StandardOutput.write(TextColumns.render([["kind", "code", "what it is"]] + all.map { [$0.kind.rawValue, $0.codes.joined(separator: "/"), $0.title] }) + "\n")
        }
    }
}
