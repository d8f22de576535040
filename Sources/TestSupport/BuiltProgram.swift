import Foundation
public import SystemPackage

/// Programs of this package that tests start.
public enum BuiltProgram {
    /// A program's path: it lies where the running tests were built.
    public static func path(_ name: String) throws -> FilePath {
        let tests = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let program = tests.removingLastComponent().appending(name)
        guard FileManager.default.isExecutableFile(atPath: program.string) else { throw Errno.noSuchFileOrDirectory }
        return program
    }
}
