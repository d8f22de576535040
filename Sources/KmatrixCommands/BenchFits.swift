import ArgumentParser
import Measurements

/// `kmatrix bench fits`: whether measuring is worth the time.
struct BenchFits: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fits", abstract: "Say whether a measurement made here could be compared with a baseline; exits with 3 when it is of a machine of another kind. Measures nothing.")

    @Argument(help: "The baseline.")
    var baseline: String

    func run() async throws {
        let there = try BenchFile.read(baseline).machine
        if let difference = await BenchMachine.here().difference(from: there) {
            StandardError.line("\(MeasurementError(.otherKind, subject: baseline, detail: difference))")
            throw ExitCodes.notProven
        }
    }
}
