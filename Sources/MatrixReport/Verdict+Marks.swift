import MatrixModel

extension Verdict {
    /// The verdict's sign, for readers who do not see its colour.
    var symbol: String {
        switch self {
        case .compatible: "✔"
        case .degraded: "~"
        case .incompatible: "✘"
        case .inconclusive: "?"
        case .unavailable: "-"
        case .notRun: "."
        }
    }

    /// What the verdict means, in one sentence.
    var meaning: String {
        switch self {
        case .compatible: "Proven: the platform saw every request come through the agent, signed and attributed to the right client."
        case .degraded: "Works, but a named capability is missing."
        case .incompatible: "Does not work; the cause lies in the kernel, the configuration or the agent."
        case .inconclusive: "Nothing was proven: the harness, the emulator or the evidence failed."
        case .unavailable: "Not measurable: the kernel or image could not be obtained, or does not offer this layout."
        case .notRun: "Not attempted."
        }
    }

    var words: String { self == .notRun ? "not run" : rawValue }
}
