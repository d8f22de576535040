public import Guidance
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
            case .attachNoCgroup2, .attachOther, .linkNotCreated, .notRedirected, .notForwarded, .misattributed, .identityMissing, .wronglyDenied,
                .wronglyAllowed, .redirectedTooMuch,
                .dualStackNotRedirected, .requestsUnsigned, .signatureWrong:
                self = .loaded
            default: return nil
            }
        }
    }
}

/// What is predicted for one series of kernels, next to what runs showed.
public struct Prediction: Hashable, Sendable {
    public let series: KernelSeries
    /// What mainline of this series lacks, the newest first.
    public let missing: [BPFObject.Need]
    public let observed: [ProgramFate]
    /// What speaks against loading; nil where nothing is known to.
    public let answer: VerifierRule.Answer?

    /// - Parameters:
    ///   - isFaulty: Whether the object has a program that no kernel takes.
    ///   - isKnown: Whether everything that the object uses is in the tables.
    public init(series: KernelSeries, missing: [BPFObject.Need], observed: [ProgramFate], isFaulty: Bool = false, isKnown: Bool = true) {
        self.series = series
        self.missing = missing
        self.observed = observed
        answer = isFaulty ? .program : missing.first.map { .lacks($0.feature) } ?? (isKnown ? nil : .unknown)
    }

    public init(_ object: BPFObject, series: KernelSeries, observed: [ProgramFate]) {
        self.init(series: series, missing: object.missing(in: series), observed: observed, isFaulty: !object.faults.isEmpty, isKnown: object.floor != nil)
    }

    /// Nil where the object uses something that is not known here.
    public var predicted: ProgramFate? { answer == nil ? .loaded : answer == .unknown ? nil : .refused }

    /// A disagreement is a finding: of a feature that was ported back, or of a table that is wrong.
    public var isContradicted: Bool { predicted.map { predicted in observed.contains { $0 != predicted } } ?? false }
}
