/// A program to run in the guest.
public struct CommandSpec: Hashable, Sendable {
    /// Unique in its plan.
    public let name: String
    /// An absolute path.
    public let path: String
    public let arguments: [String]

    public init(name: String, path: String, arguments: [String] = []) {
        self.name = name
        self.path = path
        self.arguments = arguments
    }
}

/// How a command went.
public struct CommandReport: Hashable, Sendable {
    public let name: String
    /// Nil when it did not end in time and was killed.
    public let ending: ProcessEnding?
    /// Standard output and error, cut at `maximumOutput`.
    public let output: [UInt8]
    public let microseconds: UInt64

    /// In bytes.
    public static let maximumOutput = 16 * 1024

    public init(name: String, ending: ProcessEnding?, output: [UInt8], microseconds: UInt64) {
        self.name = name
        self.ending = ending
        self.output = output
        self.microseconds = microseconds
    }
}
