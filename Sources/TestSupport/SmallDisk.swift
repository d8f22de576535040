import Foundation
public import SystemPackage

/// A disk of a few hundred kilobytes that tests can fill, without root: a tmpfs in a mount namespace of a script's own.
public enum SmallDisk {
    /// Whether tests that need one run: where this user may make one (Linux can be told to give namespaces to root alone), and in `ci/test` in any
    /// case, where they then fail.
    public static let canBeMade: Bool = {
        if ProcessInfo.processInfo.environment["KMATRIX_PRODUCTS"] != nil { return true }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/unshare")
        process.arguments = ["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// The arguments of `/usr/bin/unshare` that run a script in which the disk is mounted at a folder. With the script the disk is gone.
    /// - Parameters:
    ///   - size: In KiB.
    ///   - arguments: What the script knows as `$@`.
    public static func arguments(mountedAt folder: FilePath, size: Int, script: String, _ arguments: [String] = []) -> [String] {
        let mount = "mount -t tmpfs -o size=\(size)k none '\(folder)'"
        return ["--user", "--map-root-user", "--mount", "sh", "-c", "set -e\n\(mount)\n\(script)", "sh"] + arguments
    }
}
