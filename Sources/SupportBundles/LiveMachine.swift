import Foundation
import HostTools
public import SystemPackage

/// The machine that this runs on.
public enum LiveMachine {
    /// Runs a program and returns its output; nil if it is not installed. The exit code is ignored: that of `systemctl status` repeats its output.
    public static func ask(_ question: Collector.Question) async throws -> [UInt8]? {
        guard let program = question.command.first else { return nil }
        do {
            let outcome = try await ToolLauncher().run(HostTool(program), Array(question.command.dropFirst()), environment: ["SYSTEMD_COLORS": "0"])
            return outcome.output + Array(outcome.stderr.utf8)
        } catch is HostToolError {
            return nil
        }
    }

    /// Writes a bundle with permissions for its owner only.
    /// - Throws: `SupportBundleError`; with code `exists` if the path exists.
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
