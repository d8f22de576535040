import GuestProtocol
import NIOCore
import Synchronization

/// The state machine of one guest behind a lock, and the stream of what the guest says.
final class GuestConversation: Sendable {
    let messages: AsyncStream<GuestMessage>
    private let continuation: AsyncStream<GuestMessage>.Continuation
    private let machine: Mutex<GuestStateMachine>
    private let channel = Mutex<(any Channel)?>(nil)
    private let sent = Mutex<UInt32>(0)
    private let start: ContinuousClock.Instant
    private let clock = ContinuousClock()

    init(limits: GuestLimits) {
        machine = Mutex(GuestStateMachine(limits: limits))
        // Bounded by what the decoder accepts in all (WireFormat.maximumTotal).
        (messages, continuation) = AsyncStream.makeStream()
        start = ContinuousClock.now
    }

    var elapsed: Duration { clock.now - start }

    var isOver: Bool {
        machine.withLock { machine in
            if case .over = machine.state { true } else { false }
        }
    }

    /// The guest said farewell; its emulator's end is due.
    var isLeaving: Bool { machine.withLock { $0.state == .leaving } }

    func connected(_ channel: any Channel) -> Bool {
        self.channel.withLock { held in
            // QEMU connects once; anything after it is none of the guest's.
            guard held == nil else { return false }
            held = channel
            return true
        }
    }

    func received(_ bytes: some Sequence<UInt8>) {
        for message in machine.withLock({ $0.received(bytes, at: elapsed) }) { continuation.yield(message) }
        if isOver { continuation.finish() }
    }

    func looked(console size: Int) -> GuestEnding? {
        machine.withLock { $0.looked(console: size, at: elapsed) }
    }

    func emulatorEnded(isSuccess: Bool, status: String, stderr: String) -> GuestEnding {
        machine.withLock { $0.emulatorEnded(isSuccess: isSuccess, status: status, stderr: stderr) }
    }

    /// Nothing more is read; whoever waits for messages sees their end.
    func finish() { continuation.finish() }

    func send(_ message: HostMessage) async throws {
        guard let channel = channel.withLock({ $0 }) else { throw GuestError(.notReady, subject: "", detail: "its control channel is not connected") }
        let sequence = sent.withLock { count in
            defer { count += 1 }
            return count
        }
        try await channel.writeAndFlush(ByteBuffer(bytes: message.frame(sequence: sequence).encoded()))
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
        if conversation.isOver { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
