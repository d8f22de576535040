import MatrixPlanning
import ArtefactCache
import Foundation
import Synchronization
import SystemPackage

/// What guests take of this machine's memory: measured where guests have run, remembered in the cache.
final class GuestMemory: Sendable {
    /// What a guest with our own init is given, in MiB. Series 7 does not boot in 256.
    static let micro = 512
    /// What one with a whole distribution is given.
    static let distribution = 1024
    /// What an emulator took beyond its guest's memory, at most, in MiB (QEMU 7.2 and 10.0 under TCG): what it translated, and itself. It
    /// stands in until a guest was measured here.
    static let overhead = 256
    /// So many guests of a size count, the last ones: another emulator takes another amount.
    private static let counted = 20

    private let file: FilePath
    /// The peaks in bytes, by the guest's memory in MiB, the oldest first.
    private let peaks: Mutex<[String: [Int]]>

    init(cache: ArtefactCache) {
        file = cache.root.appending("guest-memory.json")
        // A file that cannot be read remembers nothing.
        peaks = Mutex(FileManager.default.contents(atPath: file.string).flatMap { try? JSONDecoder().decode([String: [Int]].self, from: $0) } ?? [:])
    }

    /// Remembers what a guest took at most. A cache that cannot be written only makes the next run guess.
    func note(_ bytes: Int, guest memory: Int) {
        peaks.withLock { peaks in
            peaks["\(memory)"] = (peaks["\(memory)", default: []] + [bytes]).suffix(Self.counted)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try? encoder.encode(peaks).write(to: URL(filePath: file.string), options: .atomic)
        }
    }

    /// What a guest of such memory takes, in bytes.
    func need(guest memory: Int) -> Int {
        let measured = peaks.withLock { $0["\(memory)"]?.filter { $0 > 0 }.max() }
        return measured ?? (memory + Self.overhead) << 20
    }
}

extension GuestChoice {
    /// In MiB.
    var memory: Int { self == .micro ? GuestMemory.micro : GuestMemory.distribution }
}
