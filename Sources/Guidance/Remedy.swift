/// Something a person can do about a cause: in words, and as the commands to type.
public struct Remedy: Hashable, Sendable, Codable {
    /// Where the commands are typed.
    public enum Place: String, Hashable, Sendable, Codable {
        /// In the virtual machine, or in what its image is made from.
        case machine
        /// Wherever the Azure CLI is signed in.
        case controlPlane = "control-plane"
        /// Where kmatrix runs.
        case harness
    }

    /// One sentence, beginning with a verb.
    public let action: String
    public let place: Place
    /// In order. Words in capitals (`RESOURCE_GROUP`) are placeholders.
    public let commands: [String]
    /// What the operator should know first.
    public let note: String?
    /// Whether it takes effect only at the next boot.
    public let needsRestart: Bool

    init(_ action: String, in place: Place = .machine, _ commands: [String], note: String? = nil, needsRestart: Bool = false) {
        self.action = action
        self.place = place
        self.commands = commands
        self.note = note
        self.needsRestart = needsRestart
    }
}
