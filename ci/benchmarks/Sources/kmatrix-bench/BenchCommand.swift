import ArgumentParser
import Foundation
import Glibc
@testable import KmatrixCommands

/// `kmatrix-bench`: what `ci/bench` runs.
@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ci/bench", abstract: "Measure kmatrix against its floor",
        subcommands: [
            BenchCell.self, BenchMatrix.self, BenchPlan.self, BenchJudge.self, BenchHistory.self, BenchFits.self, BenchJoin.self, BenchCompare.self,
        ])

    /// Exit codes are those of kmatrix.
    static func main() async {
        var isParsed = false
        do {
            var command = try parseAsRoot()
            isParsed = true
            if var asynchronous = command as? any AsyncParsableCommand { try await asynchronous.run() } else { try command.run() }
        } catch {
            let code = ExitCodes.code(for: error)
            let text = isParsed ? message(for: error) : fullMessage(for: error)
            if code == ExitCodes.asExpected {
                StandardOutput.write(text + "\n")
            } else if !text.isEmpty {
                StandardError.line(isParsed ? "Error: \(text)" : text)
            }
            Glibc.exit(code.rawValue)
        }
    }
}
