/// The answers in the words that `diagnose`, `predict` and the published pages share.
extension VerifierRule.Answer {
    /// A few words: `lacks a feature (since 5.12)`, `wrong on any kernel`, `not known here`.
    public var words: String {
        switch self {
        case .lacks(let feature): "lacks a feature (since \(feature.since))"
        case .program: "wrong on any kernel"
        case .privilege: "lacks a privilege"
        case .configuration: "lacks a kernel option"
        case .jit: "needs the JIT compiler"
        case .relocation: "does not fit the kernel's types"
        case .kernelFault: "the kernel's own fault"
        case .withheld: "withheld by policy or type"
        case .unknown: "not known here"
        }
    }

    /// The sentence that follows a reason.
    var sentence: String {
        switch self {
        case .lacks(let feature): " Mainline has \(feature.name) since \(feature.since)."
        case .program: " That is wrong on any kernel."
        default: ""
        }
    }
}

extension VerifierExplanation {
    /// The reason, and what the answer adds to it.
    public var conclusion: String { reason + answer.sentence }
}
