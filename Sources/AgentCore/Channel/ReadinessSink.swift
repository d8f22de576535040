/// The parts that must be ready before the machine counts as provisioned.
public enum ReadinessPart: Hashable, Sendable, CaseIterable { case redirector, keyLatch, listener }

/// Receives which parts are ready.
public protocol ReadinessSink: Sendable {
    func set(_ part: ReadinessPart, isReady: Bool, message: String)
    /// Sets the reason why a part is not ready. Does not change whether it is.
    func explain(_ part: ReadinessPart, _ message: String)
    /// Receives the secure channel's state from the platform.
    func channelIs(_ state: String)
}
