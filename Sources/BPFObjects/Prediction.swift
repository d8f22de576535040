public import MatrixModel

/// What became of a program in a cell, as far as the cell tells.
public enum ProgramFate: String, Hashable, Sendable {
    case loaded, refused

    /// Nil where the agent did not come to the point, or nothing was proven.
    public init?(verdict: Verdict, cause: Cause?) {
        switch verdict {
        case .compatible, .degraded: self = .loaded
        case .inconclusive, .unavailable, .notRun: return nil
        case .incompatible:
            switch cause {
            case .verifierRejected, .loadFailed, .noBTF, .coreRelocationFailed: self = .refused
            // Attaching and everything behind it comes after loading.
            case .attachNoCgroup2, .attachOther, .linkNotCreated, .notRedirected, .notForwarded, .misattributed, .identityMissing, .wronglyDenied, .wronglyAllowed, .redirectedTooMuch,
                .dualStackNotRedirected, .requestsUnsigned, .signatureWrong:
                self = .loaded
            default: return nil
            }
        }
    }
}

/// What is predicted for one series of kernels, beside what runs showed.
public struct Prediction: Hashable, Sendable {
    public let series: KernelSeries
    /// What mainline of this series lacks; empty for a program that is predicted to load.
    public let missing: [BPFObject.Need]
    public let observed: [ProgramFate]

    public init(series: KernelSeries, missing: [BPFObject.Need], observed: [ProgramFate]) {
        self.series = series
        self.missing = missing
        self.observed = observed
    }

    public var predicted: ProgramFate { missing.isEmpty ? .loaded : .refused }

    /// A disagreement is a finding: of a feature that was ported back, or of a table that is wrong.
    public var isContradicted: Bool { observed.contains { $0 != predicted } }
}
