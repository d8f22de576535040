public import Subprocess
public import SystemPackage

/// What dpkg-deb(1) says of a package.
public enum PackageListing {
    public struct Failed: Error {
        public let arguments: [String]
        public let status: TerminationStatus
    }

    /// - Returns: The standard output of `dpkg-deb` with these arguments.
    public static func output(_ arguments: [String]) async throws -> String {
        let result = try await Subprocess.run(
            .name("dpkg-deb"), arguments: Arguments(arguments), environment: .inherit.updating(["LC_ALL": "C", "TZ": "UTC"]),
            output: .string(limit: 1 << 20), error: .discarded)
        guard result.terminationStatus.isSuccess else { throw Failed(arguments: arguments, status: result.terminationStatus) }
        return result.standardOutput
    }

    /// A package's content: the words of each line of `dpkg-deb --contents`.
    public static func content(of package: FilePath) async throws -> [[String]] {
        try await output(["--contents", package.string]).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }
}
