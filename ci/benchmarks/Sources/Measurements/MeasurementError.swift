/// Why measurements cannot be compared.
public struct MeasurementError: Error, Hashable, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        enum Value: Hashable, Sendable { case unreadable, garbled, otherSchema, otherKind }
        let value: Value
        public static let unreadable = Code(value: .unreadable)
        public static let garbled = Code(value: .garbled)
        public static let otherSchema = Code(value: .otherSchema)
        /// Measured on a machine of another kind.
        public static let otherKind = Code(value: .otherKind)
    }

    public let code: Code
    /// The file it is about.
    public let subject: String
    public let detail: String

    public init(_ code: Code, subject: String, detail: String) {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    public var description: String {
        let remedy = "make one with 'ci/bench all --out FILE'"
        return switch code.value {
        case .unreadable: "'\(subject)' cannot be read: \(detail); \(remedy)"
        case .garbled: "'\(subject)' is no measurement: \(detail); \(remedy)"
        case .otherSchema: "'\(subject)' is of schema \(detail), where this kmatrix reads \(BenchDocument.schema); \(remedy)"
        case .otherKind:
            "'\(subject)' was measured on a machine of another kind (\(detail)), where the same kmatrix has other ratios; \(remedy) on this kind of "
                + "machine, and name it with --baseline"
        }
    }
}
