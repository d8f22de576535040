public import SystemPackage

/// What a program reads from standard input.
public enum ToolInput: Sendable {
    case bytes([UInt8])
    /// From where the file stands.
    case file(FileDescriptor)
}
