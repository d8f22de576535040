/// Why an archive cannot be read.
public enum ArchiveError: Error, Hashable, Sendable {
    case malformed(String)
    case tooLarge(String)
}
