import Foundation
import MatrixModel
import SystemPackage

/// Programs of this machine that a guest borrows.
enum GuestTool {
    static func busybox(for architecture: Architecture = .host) throws -> FilePath {
        guard let found = HostRequirement.program("busybox", path: ProcessInfo.processInfo.environment["PATH"] ?? "").map({ FilePath($0) }) else {
            throw RunnerError(.shellTool, subject: "busybox")
        }
        guard architecture == .host else { throw RunnerError(.shellToolOfArchitecture, subject: found.string, detail: architecture.title) }
        return found
    }
}
