internal import Synchronization

/// The key to sign with, from the key keeper that latches it to the proxy that uses it.
public final class CurrentKey: Sendable {
    private let key = Mutex<LatchedKey?>(nil)

    public init() {}

    public var current: LatchedKey? { key.withLock { $0 } }

    public func install(_ latched: LatchedKey?) { key.withLock { $0 = latched } }
}
