import ArgumentParser
import Foundation
import Glibc

extension RootCommand {
    /// Parses the command line, runs what it says, and ends the process with the exit code that the README promises.
    public static func runToExit() async -> Never {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            Glibc.exit(ExitCodes.asExpected.rawValue)
        } catch {
            let code = ExitCodes.code(for: error)
            var message = fullMessage(for: error)
            if code == ExitCodes.usage, let unknown = unknownOption(), !message.contains(unknown.name) { message = unknown.message }
            if !message.isEmpty {
                // Help and version that were asked for are results.
                if code == ExitCodes.asExpected { StandardOutput.write(message + "\n") } else { StandardError.line(message) }
            }
            Glibc.exit(code.rawValue)
        }
    }

    private static func unknownOption() -> UnknownOption? {
        let tool = try? JSONDecoder().decode(ToolDescription.self, from: Data(_dumpHelp().utf8))
        return tool.flatMap { UnknownOption(in: Array(CommandLine.arguments.dropFirst()), of: $0.command) }
    }
}
