import Synchronization

/// A cache entry in use: while a process holds one, the entry is neither removed nor filled again.
public final class EntryUse: Sendable {
    private let lock: Mutex<FileLock?>

    init(_ lock: FileLock) { self.lock = Mutex(lock) }

    /// Ends the use; it also ends when the last reference to it goes.
    public func end() {
        lock.withLock { lock in
            lock?.release()
            lock = nil
        }
    }

    deinit { end() }
}
