import Synchronization

/// A cache entry in use. While a process holds one, the entry is neither removed nor filled again.
public final class EntryUse: Sendable {
    private let lock: Mutex<FileLock?>

    init(_ lock: FileLock) { self.lock = Mutex(lock) }

    /// Ends the use. Releasing the last reference ends it too.
    public func end() {
        lock.withLock { lock in
            lock?.release()
            lock = nil
        }
    }

    deinit { end() }
}
