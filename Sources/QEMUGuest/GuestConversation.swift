import GuestProtocol
import NIOCore
import Synchronization

/// The state machine of one guest behind a lock, the channel it talks over and the stream of what it says.
final class GuestConversation: Sendable {
    let messages: AsyncStream<GuestMessage>
    private let continuation: AsyncStream<GuestMessage>.Continuation
    private let machine: Mutex<GuestStateMachine>
    private let line = Mutex(Line())
    private let start = ContinuousClock.now
    private let call: (@Sendable () -> WakeCall)?

    private struct Line {
        var channel: (any Channel)?
        var sent: UInt32 = 0
        /// Whether the guest runs that the call is for.
        var isRestored = false
    }

    /// - Parameters:
    ///   - nonce: What a guest from a snapshot must repeat; nil for one that boots.
    ///   - hellos: How often the guest says hello.
    ///   - call: Said to a guest from a snapshot once it runs; made then, for it tells the time.
    init(limits: GuestLimits, nonce: UInt64? = nil, hellos: Int = 1, call: (@Sendable () -> WakeCall)? = nil) {
        self.call = call
        machine = Mutex(GuestStateMachine(limits: limits, nonce: nonce, hellos: hellos))
        // Bounded by what the decoder accepts in all (WireFormat.maximumTotal).
        (messages, continuation) = AsyncStream.makeStream()
    }

    var elapsed: Duration { ContinuousClock.now - start }

    /// How the guest ended, once it did.
    var ending: GuestEnding? { machine.withLock(\.ending) }

    /// Whether the guest has said all it will: farewell, or what ended it.
    var isComplete: Bool { machine.withLock { $0.state == .leaving || $0.ending != nil } }

    // MARK: What happens to the guest

    /// Whether the connection is the guest's. QEMU connects once; a later connection is not the guest's.
    func connected(_ channel: any Channel) -> Bool {
        line.withLock { line in
            guard line.channel == nil else { return false }
            line.channel = channel
            wake(&line)
            return true
        }
    }

    /// The emulator has brought the guest back, and it runs.
    func restored() {
        line.withLock { line in
            line.isRestored = true
            wake(&line)
        }
    }

    /// Calls a guest from a snapshot as soon as it both runs and can be reached.
    private func wake(_ line: inout Line) {
        guard line.isRestored, let channel = line.channel, let call else { return }
        Self.write(.wake(call()), to: channel, &line).whenFailure { _ in channel.close(promise: nil) }
    }

    /// Called on the channel's event loop only, so messages keep their order.
    func received(_ bytes: some Sequence<UInt8>) {
        for message in machine.withLock({ $0.received(bytes, at: elapsed) }) { continuation.yield(message) }
        if ending != nil { continuation.finish() }
    }

    /// Returns whether the guest is over, by now at the latest.
    func looked(console size: Int) -> Bool {
        let isOver = machine.withLock { $0.looked(console: size, at: elapsed) } != nil
        if isOver { continuation.finish() }
        return isOver
    }

    /// Returns whether the emulator is to be ended; one that is leaving may do so on its own.
    func released() -> Bool { machine.withLock { $0.released() } }

    func emulatorEnded(isSuccess: Bool, status: String, stderr: String) {
        machine.withLock { _ = $0.emulatorEnded(isSuccess: isSuccess, status: status, stderr: stderr) }
        continuation.finish()
    }

    /// Ends the messages for those who wait for more.
    func finish() { continuation.finish() }

    // MARK: The channel

    func send(_ message: HostMessage) async throws {
        let written = try line.withLock { line in
            guard let channel = line.channel else {
                throw GuestError(.notReady, subject: "", detail: "the control channel is not connected")
            }
            return Self.write(message, to: channel, &line)
        }
        try await written.get()
    }

    /// Queued inside the lock: two senders keep the order of their numbers.
    private static func write(_ message: HostMessage, to channel: any Channel, _ line: inout Line) -> EventLoopFuture<Void> {
        defer { line.sent += 1 }
        return channel.writeAndFlush(ByteBuffer(bytes: message.frame(sequence: line.sent).encoded()))
    }

    /// Waits until everything a dead emulator had written was received.
    /// - Parameter loop: Where its connection is accepted.
    func drain(within limit: TimeAmount, on loop: any EventLoop) async {
        // An emulator that ends at once may have connected before this process looked. A loop looks at its sockets between one task and the
        // next: the first may come just after a look, the second sees the connection, the third what is set up for it.
        for _ in 0..<3 { try? await loop.submit {}.get() }
        guard let channel = line.withLock(\.channel) else { return }
        // The end of the stream comes on its own, unless a process the emulator started holds the socket too.
        let timeout = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        try? await channel.closeFuture.get()
        timeout.cancel()
    }

    func close() async {
        guard let channel = line.withLock(\.channel) else { return }
        channel.close(promise: nil)
        try? await channel.closeFuture.get()
    }
}

/// Hands the control channel's bytes to the conversation.
final class ControlChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let conversation: GuestConversation

    init(_ conversation: GuestConversation) { self.conversation = conversation }

    func channelActive(context: ChannelHandlerContext) {
        if !conversation.connected(context.channel) { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        conversation.received(unwrapInboundIn(data).readableBytesView)
        // By closing the channel after farewell the host tells the guest that everything arrived (WireFormat).
        if conversation.isComplete { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
