import NIOCore
import NIOPosix
import Synchronization

/// The harness's end of an emulator's monitor (QMP), over a Unix socket in the guest's folder that QEMU connects to once.
final class Monitor: Sendable {
    private let messages: AsyncThrowingStream<MonitorMessage, any Error>
    private let continuation: AsyncThrowingStream<MonitorMessage, any Error>.Continuation
    private let state = Mutex(State())

    private struct State {
        var channel: (any Channel)?
        var decoder = MonitorDecoder()
        var received = 0
    }

    /// The most messages a conversation has; it needs a dozen.
    private static let maximumMessages = 1000

    init() { (messages, continuation) = AsyncThrowingStream.makeStream() }

    /// Opens the socket for this monitor.
    func listen(at path: String) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.any())
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(MonitorHandler(self)) }
            }
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    }

    /// Has the monitor make a snapshot and end the emulator. The guest is stopped from the moment its devices are saved.
    /// - Parameter socket: The name of a socket in the emulator's folder, where somebody takes the state of the devices.
    /// - Throws: `GuestError` (`monitor`) when QEMU refuses or ends before.
    func save(through socket: String) async throws {
        var dialogue = Dialogue(self)
        try await dialogue.open()
        try await dialogue.execute(.enable([MonitorCommand.ignoreShared, MonitorCommand.events]))
        try await dialogue.execute(.save(socket: socket))
        try await dialogue.awaitMigration()
        guard try await dialogue.execute(.askForMigration) == "completed" else {
            throw GuestError(.monitor, subject: "query-migrate", detail: "the state was not saved completely")
        }
        try await dialogue.execute(.quit)
    }

    /// Has the monitor bring a snapshot back, and hangs up once its guest runs: QEMU connects to this socket once, so no process has a
    /// monitor afterwards.
    /// - Parameters:
    ///   - socket: The name of a socket in the emulator's folder, on which it takes the state of the devices.
    ///   - deliver: Sends the state there.
    /// - Throws: `GuestError` (`monitor`) when QEMU refuses or ends before, or what `deliver` throws.
    func load(through socket: String, deliver: () async throws -> Void) async throws {
        var dialogue = Dialogue(self)
        try await dialogue.open()
        try await dialogue.execute(.enable([MonitorCommand.ignoreShared, MonitorCommand.events]))
        try await dialogue.execute(.load(socket: socket))
        try await deliver()
        try await dialogue.awaitMigration()
        await close()
    }

    func close() async {
        continuation.finish()
        guard let channel = state.withLock(\.channel) else { return }
        channel.close(promise: nil)
        try? await channel.closeFuture.get()
    }

    // MARK: The channel

    fileprivate func connected(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard state.channel == nil else { return false }
            state.channel = channel
            return true
        }
    }

    /// Called on the channel's event loop only, so messages keep their order.
    fileprivate func received(_ bytes: some Sequence<UInt8>) {
        do {
            let found = try state.withLock { state throws(MonitorViolation) in
                let found = try state.decoder.decode(bytes)
                state.received += found.count
                if state.received > Self.maximumMessages { throw .outOfTurn }
                return found
            }
            for message in found { continuation.yield(message) }
        } catch {
            continuation.finish(throwing: GuestError(.monitor, subject: "QEMU", detail: "received \(error)"))
        }
    }

    fileprivate func disconnected() { continuation.finish() }

    /// One command after the other, each with its answer.
    private struct Dialogue {
        private let monitor: Monitor
        private var answers: AsyncThrowingStream<MonitorMessage, any Error>.Iterator
        private var migration: String?

        init(_ monitor: Monitor) {
            self.monitor = monitor
            answers = monitor.messages.makeAsyncIterator()
        }

        mutating func open() async throws {
            guard try await next("the greeting") == .greeting else { throw GuestError(.monitor, subject: "QEMU", detail: "no greeting") }
            try await execute(.negotiate)
        }

        /// - Returns: The status that the answer tells of, if it does.
        @discardableResult
        mutating func execute(_ command: MonitorCommand) async throws -> String? {
            guard let channel = monitor.state.withLock(\.channel) else { throw GuestError(.monitor, subject: command.name, detail: "QEMU did not connect") }
            try await channel.writeAndFlush(ByteBuffer(bytes: command.line))
            while true {
                switch try await next(command.name) {
                case .success(let status): return status
                case .failure(let description): throw GuestError(.monitor, subject: command.name, detail: description)
                case .event(let name, let status): note(name, status)
                case .greeting: throw GuestError(.monitor, subject: command.name, detail: "\(MonitorViolation.outOfTurn)")
                }
            }
        }

        /// Waits until a migration has come to its end, one way or the other.
        mutating func awaitMigration() async throws {
            while migration != "completed" {
                if let migration, ["failed", "cancelled"].contains(migration) {
                    throw GuestError(.monitor, subject: "migrate", detail: "the migration \(migration)")
                }
                guard case .event(let name, let status) = try await next("migrate") else {
                    throw GuestError(.monitor, subject: "migrate", detail: "\(MonitorViolation.outOfTurn)")
                }
                note(name, status)
            }
        }

        private mutating func note(_ event: String, _ status: String?) { if event == "MIGRATION" { migration = status } }

        private mutating func next(_ what: String) async throws -> MonitorMessage {
            guard let message = try await answers.next() else { throw GuestError(.monitor, subject: what, detail: GuestError.hangUp) }
            return message
        }
    }
}

/// Hands the monitor's bytes over.
private final class MonitorHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let monitor: Monitor

    init(_ monitor: Monitor) { self.monitor = monitor }

    func channelActive(context: ChannelHandlerContext) {
        if !monitor.connected(context.channel) { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { monitor.received(unwrapInboundIn(data).readableBytesView) }

    func channelInactive(context: ChannelHandlerContext) {
        monitor.disconnected()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
