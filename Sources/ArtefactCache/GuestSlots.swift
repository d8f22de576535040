import SystemPackage

/// Turns at running a guest, shared by every process of this user.
///
/// A guest under an emulator takes a whole core. More of them than cores only make each other late, and a guest that is late proves
/// nothing; so two runs at once wait for each other's guests instead. A turn is a lock on a file (flock(2)): it ends with the process.
public struct GuestSlots: Sendable {
    private let cache: ArtefactCache
    private let count: Int

    /// - Parameter count: How many guests may run while one of these is wanted. Who was asked for more than others takes more.
    public init(cache: ArtefactCache, count: Int) {
        self.cache = cache
        self.count = count
    }

    /// Waits for a turn and keeps it while the body runs.
    /// - Throws: `CacheError` when the cache cannot be written, `CancellationError` while waiting, or what the body throws.
    public func withTurn<Value>(_ body: () async throws -> Value) async throws -> Value {
        let folder = cache.root.appending("slots")
        try cache.makeFolder(folder)
        while true {
            for index in 0..<count {
                guard let lock = try FileLock.tryAcquire(folder.appending("\(index).lock")) else { continue }
                defer { lock.release() }
                return try await body()
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
