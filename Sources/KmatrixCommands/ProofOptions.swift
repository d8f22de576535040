import ArgumentParser
import MatrixModel

/// How thoroughly cells are proven.
struct ProofOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Proof tier", valueName: "tier"))
    var proof: ProofOption?

    var tier: ProofTier { proof?.tier ?? .standard }
}

enum ProofOption: String, ExpressibleByArgument, CaseIterable {
    case quick, standard, full

    var tier: ProofTier {
        switch self {
        case .quick: .quick
        case .standard: .standard
        case .full: .full
        }
    }
}
