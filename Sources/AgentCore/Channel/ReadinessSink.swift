/// The parts that must be ready before the machine may be said to be provisioned.
public enum ReadinessPart: Hashable, Sendable, CaseIterable { case redirector, keyLatch, listener }

/// Who wants to know which parts are ready.
public protocol ReadinessSink: Sendable {
    func set(_ part: ReadinessPart, isReady: Bool, message: String)
    /// The secure channel's state as the platform has just told it.
    func channelIs(_ state: String)
}
