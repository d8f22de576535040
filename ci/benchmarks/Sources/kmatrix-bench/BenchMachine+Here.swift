@testable import KmatrixCommands
import ArtefactCache
import Foundation
@testable import MatrixRunner
import Measurements
@testable import QEMUGuest

extension BenchMachine {
    /// This machine as its last run used it.
    static func here() async -> BenchMachine {
        var names = utsname()
        uname(&names)
        let emulator = try? await Emulator.find()
        return BenchMachine(
            architecture: withUnsafeBytes(of: &names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }, cores: HostResources.here.cores,
            memoryMiB: Int(ProcessInfo.processInfo.physicalMemory >> 20),
            accelerator: AcceleratorProbe.remembered(cache: ArtefactCache.standard().root)?.accelerator.rawValue, emulator: emulator?.version.description)
    }
}
