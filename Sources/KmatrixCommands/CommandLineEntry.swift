import ArgumentParser
import Foundation
import Glibc

extension RootCommand {
    /// Parses the command line, runs the command, and ends the process with its documented exit code.
    public static func runToExit() async -> Never {
        let arguments = Array(CommandLine.arguments.dropFirst())
        var isParsed = false
        do {
            if arguments.isEmpty || arguments == ["--help"] || arguments == ["-h"] {
                StandardOutput.write(overview)
                Glibc.exit(ExitCodes.asExpected.rawValue)
            }
            var command = try parseAsRoot(arguments)
            isParsed = true
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            Glibc.exit(ExitCodes.asExpected.rawValue)
        } catch {
            let code = ExitCodes.code(for: error)
            let text = isParsed ? message(for: error) : complaint(about: arguments, error)
            if !text.isEmpty {
                // Requested help and version are results. Errors of a running command have no usage to show.
                if code == ExitCodes.asExpected { StandardOutput.write(text + "\n") } else { StandardError.line(isParsed ? "Error: \(text)" : text) }
            }
            Glibc.exit(code.rawValue)
        }
    }

    /// Reports an unknown word before anything that the parser misses: often they are one mistake.
    static func complaint(about arguments: [String], _ error: any Error) -> String {
        guard ExitCodes.code(for: error) != ExitCodes.asExpected, let root = try? CommandDescription.current(),
            let unknown = UnknownWord(in: arguments, of: root)
        else {
            return fullMessage(for: error)
        }
        return "Error: \(unknown.message)"
    }
}
