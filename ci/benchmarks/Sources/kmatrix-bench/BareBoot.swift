import MatrixPlanning
@testable import MatrixRunner
import EvidenceStore
import Foundation
import GuestImages
import HostTools
import MatrixModel
@testable import QEMUGuest
import SystemPackage

/// The floor that cells are measured against: a kernel on the same machine, with the same memory and console as a cell's guest and nothing
/// else, whose init powers off at once.
struct BareBoot {
    private let context: CellContext
    private let folder: RunFolder
    private let initramfs: FilePath
    private let architecture: Architecture

    /// - Throws: `ProductError` when the bare init was not built (`ci/bench` does).
    init(_ context: CellContext, of architecture: Architecture, in folder: RunFolder) throws {
        let initial = try context.products.of(architecture).runner.removingLastComponent().appending("bench-init")
        guard FileManager.default.isReadableFile(atPath: initial.string) else { throw ProductError(.missing, subject: initial.string) }
        (self.context, self.folder, self.architecture) = (context, folder, architecture)
        initramfs = folder.path.appending("bare-\(architecture).cpio")
        try CpioArchive([
            .init(path: "init", content: .file(.file(initial)), mode: 0o755),
            .init(path: "dev/console", content: .characterDevice(major: 5, minor: 1), mode: 0o600),
        ]).write(to: initramfs)
    }

    /// From the emulator's start to its end.
    func seconds(_ kernel: BootPlan.Kernel) async throws -> Double {
        var plan = BootPlan(kernel: kernel, initramfs: initramfs, architecture: architecture, accelerator: context.accelerator, folder: folder.path)
        plan.timeStampKilohertz = TimeStampCounter.kilohertz(of: plan.architecture, under: context.accelerator)
        let start = ContinuousClock.now
        do {
            try await ToolLauncher().succeed(HostTool(context.emulator.path.string), QEMUCommandLine.bare(plan).arguments, in: folder.path)
        } catch let error as HostToolError {
            throw BenchmarkFailure("a bare boot failed", detail: error.description)
        }
        return CellAttempt.seconds(ContinuousClock.now - start)
    }
}
