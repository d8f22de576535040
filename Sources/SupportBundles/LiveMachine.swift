import Foundation
import Subprocess
public import SystemPackage

/// The machine that this runs on.
public enum LiveMachine {
    /// Runs a program of a gathering; nil when there is none. What it exits with is no matter: `systemctl status` says with it what it prints.
    public static func ask(_ question: Collector.Question) async throws -> [UInt8]? {
        guard let program = question.command.first else { return nil }
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        do {
            let result = try await run(
                .name(program), arguments: Arguments(Array(question.command.dropFirst())),
                environment: .inherit.updating(["LC_ALL": "C", "SYSTEMD_COLORS": "0"]),
                platformOptions: options, output: .bytes(limit: 16 << 20), error: .combinedWithOutput)
            try Task.checkCancellation()
            return result.standardOutput
        } catch is SubprocessError {
            try Task.checkCancellation()
            return nil
        }
    }

    /// Writes a bundle that only its owner may read: logs are nobody else's business.
    /// - Throws: `SupportBundleError`; with `exists` when something is there already.
    public static func write(_ archive: [UInt8], to path: FilePath) throws {
        do {
            let descriptor = try FileDescriptor.open(path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
            try descriptor.closeAfter { _ = try descriptor.writeAll(archive) }
        } catch Errno.fileExists {
            throw SupportBundleError(.exists, path)
        } catch let error as Errno {
            unlink(path.string)
            throw SupportBundleError(.unreadable, path, "\(error)")
        }
    }
}
