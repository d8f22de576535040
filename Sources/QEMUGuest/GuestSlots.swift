import HostTools
public import ArtefactCache
import Glibc
import SystemPackage

/// Slots for running guests, shared by every process of this user on this machine: a cluster's nodes may share the cache, and not their cores.
///
/// A guest under an emulator takes a whole core. More of them than cores only make each other late, and a guest that is late proves
/// nothing; so two runs at once wait for each other's guests instead. A slot is a lock on a file (flock(2)): it ends with the process.
///
/// There is a slot for each processor that this process may use, by its number, so that tasks that a cluster packs onto one node, each with
/// processors of its own, do not wait for each other.
public struct GuestSlots: Sendable {
    private let cache: ArtefactCache
    private let count: Int
    private let host: String
    private let processors: [Int]

    /// - Parameter count: How many guests of this run may run at once. A run with a larger count takes more of the slots.
    public init(cache: ArtefactCache, count: Int) { self.init(cache: cache, count: count, host: Self.thisHost) }

    init(cache: ArtefactCache, count: Int, host: String, processors: [Int] = UsableProcessors.numbers) {
        self.cache = cache
        self.count = count
        self.host = host
        self.processors = processors
    }

    /// The names of the slots. A run with more guests than processors shares the further slots, which are named for its first processor.
    private var names: [String] {
        let first = processors.first ?? 0
        return (0..<count).map { $0 < processors.count ? "\(processors[$0])" : "\(first)+\($0 - max(processors.count, 1) + 1)" }
    }

    /// This machine's name, as one path component.
    private static var thisHost: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "host" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let isPlain = { (byte: UInt8) in
            [UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte) || UnicodeScalar(byte).properties.isAlphabetic || (48...57).contains(byte)
        }
        return "host-" + String(decoding: bytes.map { $0 < 128 && isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
    }

    /// Waits for a slot and keeps it while the body runs.
    /// - Throws: `CacheError` when the cache cannot be written, `CancellationError` while waiting, or what the body throws.
    public func withSlot<Value>(_ body: () async throws -> Value) async throws -> Value {
        let folder = cache.root.appending("slots").appending(host)
        try cache.makeFolder(folder)
        let lock = try await next(in: folder)
        defer { lock.release() }
        return try await body()
    }

    /// Only the holder of the gate looks for a free slot: a run that has just left one does not take it again before those who wait.
    private func next(in folder: FilePath) async throws -> FileLock {
        let gate = try await FileLock.acquire(folder.appending("gate.lock"))
        defer { gate.release() }
        while true {
            for name in names {
                if let lock = try FileLock.tryAcquire(folder.appending("\(name).lock")) { return lock }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
