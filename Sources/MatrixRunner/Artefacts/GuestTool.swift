import Foundation
import MatrixModel
import SystemPackage

/// Programs of this machine that a guest borrows.
enum GuestTool {
    static func busybox(for architecture: Architecture = .host) throws -> FilePath {
        let candidates: [FilePath] = ["/bin/busybox", "/usr/bin/busybox"]
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.string) }) else {
            throw RunnerError(.shellTool, subject: "busybox")
        }
        guard architecture == .host else { throw RunnerError(.shellToolOfArchitecture, subject: found.string, detail: architecture.title) }
        return found
    }
}
