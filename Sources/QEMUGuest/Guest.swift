public import GuestProtocol

/// A running guest. Lives inside the body of `withGuest` and nowhere else.
public struct Guest: Sendable {
    private let conversation: GuestConversation
    /// The emulator's, where there is one.
    let monitor: Monitor?

    init(_ conversation: GuestConversation, monitor: Monitor?) {
        self.conversation = conversation
        self.monitor = monitor
    }

    /// What the guest says, in order, its hello first. Ends when the guest does, or breaks the contract, or its time is over.
    public var messages: AsyncStream<GuestMessage> { conversation.messages }

    /// - Throws: `GuestError` when the guest is not connected, or an input/output error when it is gone.
    public func send(_ message: HostMessage) async throws { try await conversation.send(message) }

    /// How long the guest has run, from the emulator's start.
    public var elapsed: Duration { conversation.elapsed }
}

/// What came of a guest.
public struct GuestOutcome<Value: Sendable>: Sendable {
    public let ending: GuestEnding
    /// What the body returned or threw.
    public let result: Result<Value, any Error>
    /// The end of what the emulator printed on its standard error.
    public let emulatorLog: String
    /// The most memory its emulator had, in bytes; nil when that was not seen.
    public let peakMemory: Int?
}
