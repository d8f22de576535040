import HostTools
import SystemPackage

/// Runs programs of this machine on images, whose errors say what to do about them.
struct ImageTools: Sendable {
    /// Where they are looked for; nil for where this process looks, and where administrators' programs are.
    var searchPath: String?

    var launcher: ToolLauncher { ToolLauncher(searchPath: searchPath) }

    /// - Parameter folder: Where the program works, so that it receives names instead of paths; nil for here.
    /// - Throws: `DiskImageError` (`toolMissing`, `noSpace`, `toolFailed`), `CancellationError`.
    func run(_ tool: HostTool, _ arguments: [String], in folder: FilePath? = nil) async throws -> ToolOutcome {
        do {
            return try await launcher.run(tool, arguments, in: folder)
        } catch let error as HostToolError {
            throw DiskImageError(error, subject: folder?.string ?? tool.name)
        }
    }

    /// - Throws: `DiskImageError` also with `damaged` when the program fails on what it reads.
    func write(_ tool: HostTool, _ arguments: [String], to file: FilePath, limit: Int, subject: String) async throws {
        do {
            try await launcher.write(tool, arguments, to: file, limit: limit)
        } catch let error as HostToolError {
            throw DiskImageError(error, subject: subject, failure: .damaged)
        }
    }
}

extension HostTool {
    static let debugfs = HostTool("debugfs", package: "e2fsprogs")
    static let grubFSTest = HostTool("grub-fstest", package: "grub-common")
    static let shell = HostTool("sh", package: "dash")
}
