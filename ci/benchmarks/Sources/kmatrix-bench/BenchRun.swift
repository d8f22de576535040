@testable import KmatrixCommands
import ArgumentParser
import EvidenceStore
import Foundation
@testable import MatrixPlanning
@testable import MatrixRunner
import SystemPackage

/// What benchmarks need around what they measure.
enum BenchRun {
    /// Plans cells and measures them, in a folder that is gone afterwards; a signal ends it.
    /// - Parameter axes: As on the command line of `run`.
    static func measure<Figures: Sendable>(
        _ axes: [String], kernels: KernelOptions, guests: GuestOptions,
        _ body: @escaping @Sendable (MatrixRunner, MatrixPlan, RunFolder) async throws -> Figures
    ) async throws -> Figures {
        try await InterruptibleWork.run {
            let runner = try await RunPreparation(axes: AxisOptions.parse(axes), kernels: kernels, guests: guests, events: tell).runner
            let path = folder
            defer { try? FileManager.default.removeItem(atPath: path.string) }
            return try await body(runner, runner.plan(), RunFolder.create(at: path))
        }
    }

    /// Where a benchmark works: not there yet, and the benchmark's to remove.
    static var folder: FilePath { FilePath(NSTemporaryDirectory()).appending("kmatrix-bench-\(getpid())") }

    /// Only what goes before the cells: their own words would be many.
    private static func tell(_ event: RunnerEvent) {
        switch event {
        case .preparing(let text): StandardError.line(text)
        case .warning(let text): StandardError.line("warning: \(text)")
        default: break
        }
    }
}
