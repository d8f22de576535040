public import SystemPackage

/// A BPF object that replaces the agent's own.
public struct ProgramVariant: Hashable, Sendable {
    /// The name that is in the cell's id.
    public let name: String
    public let object: FilePath

    public init(name: String, object: FilePath) {
        self.name = name
        self.object = object
    }
}
