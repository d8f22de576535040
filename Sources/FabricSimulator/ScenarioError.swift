/// Why a file is no scenario.
public struct ScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
    public let source: String
    /// Counted from 1; nil when it is about the file as a whole.
    public let line: Int?
    public let reason: String

    public var description: String { "\(source)\(line.map { ":\($0)" } ?? ""): \(reason)" }
}
