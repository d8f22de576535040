import MatrixPlanning
import ArtefactCache
import Foundation
import Synchronization
import SystemPackage

/// How much host memory guests need: measured when guests run, and remembered in the cache.
final class GuestMemory: Sendable {
    /// The memory of a micro guest, in MiB. Kernels of series 7 do not boot in 256.
    static let micro = 512
    /// The memory of a distribution's guest, in MiB.
    static let distribution = 1024
    /// The most memory that an emulator used beyond its guest's, in MiB (QEMU 7.2 and 10.0 under TCG): translated code, and QEMU itself. It is
    /// the estimate until a guest has been measured on this host.
    static let overhead = 256
    /// How many of the last guests of a size count: another emulator needs another amount.
    private static let counted = 20

    private let file: FilePath
    /// The peaks in bytes, by the guest's memory in MiB, the oldest first.
    private let peaks: Mutex<[String: [Int]]>

    init(cache: ArtefactCache) {
        file = cache.root.appending("guest-memory.json")
        // A file that cannot be read counts as empty.
        peaks = Mutex(FileManager.default.contents(atPath: file.string).flatMap { try? JSONDecoder().decode([String: [Int]].self, from: $0) } ?? [:])
    }

    /// Records the peak memory of a guest's emulator, in bytes. If the cache cannot be written, the next run uses the estimate.
    func note(_ bytes: Int, guest memory: Int) {
        peaks.withLock { peaks in
            peaks["\(memory)"] = (peaks["\(memory)", default: []] + [bytes]).suffix(Self.counted)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try? encoder.encode(peaks).write(to: URL(filePath: file.string), options: .atomic)
        }
    }

    /// The host memory that a guest of this size needs, in bytes.
    func need(guest memory: Int) -> Int {
        let measured = peaks.withLock { $0["\(memory)"]?.filter { $0 > 0 }.max() }
        return measured ?? (memory + Self.overhead) << 20
    }
}

extension GuestChoice {
    /// In MiB.
    var memory: Int { self == .micro ? GuestMemory.micro : GuestMemory.distribution }
}
