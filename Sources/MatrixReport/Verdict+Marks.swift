import MatrixModel

extension Verdict {
    /// A sign that tells the verdict without its colour.
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

    /// For readers who meet it the first time.
    var meaning: String {
        switch self {
        case .compatible: "Proven: the platform saw every request come through the agent, signed and attributed to the right client."
        case .degraded: "Works, and a named capability is missing."
        case .incompatible: "Does not work; the cause is the kernel's, the configuration's or the agent's."
        case .inconclusive: "Nothing was proven; the fault is the harness's."
        case .unavailable: "The kernel cannot be had, or has no such layout."
        case .notRun: "Nobody measured it."
        }
    }

    var words: String { self == .notRun ? "not run" : rawValue }
}
