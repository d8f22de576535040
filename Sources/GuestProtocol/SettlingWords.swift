/// Words in a log after which an agent's status no longer matters: waiting for it ends.
public struct SettlingWords: Hashable, Sendable {
    /// An absolute path.
    public let path: String
    /// Part of one line.
    public let text: String
    /// How many lines must contain it.
    public let lines: UInt32

    public init(path: String, text: String, lines: UInt32) {
        self.path = path
        self.text = text
        self.lines = lines
    }
}
