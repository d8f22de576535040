public import SystemPackage

/// What a program reads from standard input.
public enum ToolInput: Sendable {
    case bytes([UInt8])
    /// From the file's offset.
    case file(FileDescriptor)
}
