import Synchronization

/// A cache entry in use: while anybody in any process has one, the entry is neither removed nor filled again.
public final class EntryUse: Sendable {
    private let lock: Mutex<FileLock?>

    init(_ lock: FileLock) { self.lock = Mutex(lock) }

    /// The use is over; at the latest it is when nobody knows of it any more.
    public func end() {
        lock.withLock { lock in
            lock?.release()
            lock = nil
        }
    }

    deinit { end() }
}
