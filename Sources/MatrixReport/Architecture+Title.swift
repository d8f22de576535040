import MatrixModel

extension Architecture {
    /// What follows a name in a table; nothing for the architecture that cell ids do not name either.
    var suffix: String { self == .unnamed ? "" : " \(rawValue)" }
}
