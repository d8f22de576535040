import Foundation
public import MatrixModel
import SystemPackage

/// A program of this machine that a guest borrows.
public enum HostProgram {
    private static let folders: [FilePath] = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]

    /// The program at `usr/bin`, and the loader and shared libraries it needs.
    /// - Throws: `AgentBundleError` (`programMissing`, `libraryMissing`, `notExecutable`, `otherArchitecture`, `toolMissing`), `CancellationError`.
    public static func items(_ name: String, package: String, for architecture: Architecture = .host) async throws -> [PayloadSpec.Item] {
        guard let path = folders.map({ $0.appending(name) }).first(where: { FileManager.default.isExecutableFile(atPath: $0.string) }),
            let bytes = FileManager.default.contents(atPath: path.string)
        else { throw AgentBundleError(.programMissing, subject: name, detail: package) }
        let libraries = try await SharedLibraries.needed(by: Array(bytes), of: path, for: architecture)
        return [PayloadSpec.Item(path: "usr/bin/\(name)", source: .file(path), mode: 0o755)] + libraries.map(SharedLibraries.item)
    }
}
