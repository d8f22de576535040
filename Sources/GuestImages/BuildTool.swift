import Foundation
import HostTools
import SystemPackage

/// Runs a program of this machine that builds a file.
enum BuildTool {
    /// - Parameters:
    ///   - subject: What is being built, for errors.
    ///   - grace: How long the tool may take to clean up when it is told to stop.
    ///   - searchPath: Where tools are looked for; nil for where this process looks.
    ///   - log: Takes what the tool says when it fails.
    /// - Throws: `GuestImageError` (`toolMissing`, `noSpace`, `buildFailed`), `CancellationError`.
    static func run(
        _ name: String, _ arguments: [String], building subject: FilePath, grace: Duration = .seconds(2), searchPath: String? = nil, log: FilePath? = nil
    ) async throws {
        let outcome: ToolOutcome
        do {
            outcome = try await ToolLauncher(searchPath: searchPath).run(HostTool(name), arguments, grace: grace)
        } catch let error as HostToolError {
            switch error.code {
            case .missing: throw GuestImageError(.toolMissing, path: subject, found: name)
            case .noSpace: throw GuestImageError(.noSpace, path: subject, found: error.detail)
            case .tooLarge, .failed, .notStarted: throw GuestImageError(.buildFailed, path: subject, found: error.description)
            }
        }
        guard !outcome.isSuccess else { return }
        let lines = outcome.stderr.split(whereSeparator: \.isNewline).map { String($0.prefix(300)) }
        let telling = lines.filter { $0.hasPrefix("E:") || $0.contains("rror") }.suffix(3)
        let quoted = "\(name): \((telling.isEmpty ? lines.suffix(2) : telling).joined(separator: " | ")) (\(outcome.ending))"
        guard let log, keep(outcome.stderr + outcome.stdout, as: log) else { throw GuestImageError(.buildFailed, path: subject, found: quoted) }
        throw GuestImageError(.buildFailed, path: subject, found: "\(quoted); its log is \(log)")
    }

    private static func keep(_ text: String, as log: FilePath) -> Bool {
        try? FileManager.default.createDirectory(atPath: log.removingLastComponent().string, withIntermediateDirectories: true)
        return (try? Data(text.utf8).write(to: URL(filePath: log.string))) != nil
    }
}
