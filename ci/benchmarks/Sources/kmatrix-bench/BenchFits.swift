@testable import KmatrixCommands
import ArgumentParser
import Measurements

/// `ci/bench fits`: whether measuring is worth the time.
struct BenchFits: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fits", abstract: "Check whether this machine is comparable with a baseline; exits with 3 otherwise")

    @Argument(help: "Baseline")
    var baseline: String

    func run() async throws {
        let there = try BenchFile.read(baseline).machine
        if let difference = await BenchMachine.here().difference(from: there) {
            StandardError.line("\(MeasurementError(.otherKind, subject: baseline, detail: difference))")
            throw ExitCodes.notProven
        }
    }
}
