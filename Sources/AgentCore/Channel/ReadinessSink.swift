/// The parts that must be ready before the machine may be said to be provisioned.
public enum ReadinessPart: Hashable, Sendable, CaseIterable { case redirector, keyLatch, listener }

/// Who wants to know which parts are ready.
public protocol ReadinessSink: Sendable {
    func set(_ part: ReadinessPart, isReady: Bool, message: String)
    /// Why a part that is not ready is not; one that is ready stays so.
    func explain(_ part: ReadinessPart, _ message: String)
    /// The secure channel's state as the platform has just told it.
    func channelIs(_ state: String)
}
