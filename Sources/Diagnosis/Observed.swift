public import MatrixModel

/// A fact, and the line that says so.
public struct Observed<Value: Hashable & Sendable>: Hashable, Sendable {
    public let value: Value
    public let finding: Finding

    init(_ value: Value, _ finding: Finding) {
        self.value = value
        self.finding = finding
    }
}

/// Something that was recognised and is not a cause.
public struct Remark: Hashable, Sendable {
    /// One sentence.
    public let text: String
    public let finding: Finding

    init(_ text: String, _ finding: Finding) {
        self.text = text
        self.finding = finding
    }
}
