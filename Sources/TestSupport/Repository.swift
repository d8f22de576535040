public import Foundation
public import SystemPackage

/// The repository that the tests were built from: its scripts, data and sources.
public enum Repository {
    public static let path = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    public static let root = URL(filePath: path.string, directoryHint: .isDirectory)

    /// The text of a file, by its path in the repository.
    public static func text(_ file: String) throws -> String { try String(contentsOf: root.appending(path: file), encoding: .utf8) }
}
