/// Why a document is not what it should be, and where.
public struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    public let source: String
    /// Counted from 1; nil when it is about the file as a whole.
    public let line: Int?
    public let reason: String

    public init(source: String, line: Int?, reason: String) {
        self.source = source
        self.line = line
        self.reason = reason
    }

    public var description: String { "\(source)\(line.map { ":\($0)" } ?? ""): \(reason)" }
}
