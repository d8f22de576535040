import Foundation
public import MatrixModel
import SystemPackage

/// Whether this machine's kernel starts programs of another architecture (binfmt_misc), which the packages of its systems do while they
/// are installed.
public enum ForeignPrograms {
    /// - Returns: True for this machine's own architecture.
    public static func run(_ architecture: Architecture) -> Bool { run(architecture, registrations: "/proc/sys/fs/binfmt_misc") }

    /// - Parameter registrations: Where the kernel lists the interpreters of foreign programs.
    static func run(_ architecture: Architecture, registrations: FilePath) -> Bool {
        guard architecture != .host else { return true }
        let entry =
            FileManager.default.contents(atPath: registrations.appending("qemu-\(architecture.machine)").string).map { String(decoding: $0, as: UTF8.self) }
            ?? ""
        // The flag F: the interpreter was opened when it was registered, so that it is found from within any root.
        let flags = entry.split(separator: "\n").first { $0.hasPrefix("flags:") } ?? ""
        return entry.hasPrefix("enabled") && flags.contains("F")
    }
}
