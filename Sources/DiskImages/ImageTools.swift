import HostTools
import SystemPackage

/// Runs programs of this machine on images. Its errors state what to do about them.
struct ImageTools: Sendable {
    /// Where programs are searched; nil for the search path of this process and the administrators' folders.
    var searchPath: String?

    var launcher: ToolLauncher { ToolLauncher(searchPath: searchPath) }

    /// - Parameter folder: The working directory, so that the program receives names instead of paths; nil for the current one.
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
