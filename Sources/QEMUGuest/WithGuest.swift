import Foundation
import GuestProtocol
import NIOCore
import NIOPosix
import SystemPackage

/// Boots a guest, runs the body while it lives, and sees to it that nothing of it is left.
///
/// The guest ends at the first of these: the emulator's own end, a limit of the plan, a breach of the contract, or the body's
/// return before the guest said farewell. `Guest.messages` ends with the guest; a body has to return then. The emulator exists only
/// inside this call: it runs in a session of its own, is ended by SIGTERM and then SIGKILL, and dies with the harness should that be
/// killed.
/// - Throws: `GuestError` when no guest could be started, `CancellationError` when the task was cancelled. The body's own error is
///   part of the outcome: how the guest ended counts for more.
public func withGuest<Value: Sendable>(
    _ plan: BootPlan, emulator: Emulator, body: @escaping @Sendable (Guest) async throws -> Value
) async throws -> GuestOutcome<Value> {
    let folder = try GuestFolder(plan.folder)
    let sockets = try SocketFolder(for: plan.folder)
    defer { sockets.remove() }
    let conversation = GuestConversation(plan)
    let monitor = plan.start == .boot ? nil : Monitor()
    var network: NetworkProcess?
    let outcome: Result<GuestOutcome<Value>, any Error>
    var servers: [any Channel] = []
    do {
        let control = try await listen(at: folder.shortPath(QEMUCommandLine.Name.control), for: conversation, folder: sockets.path)
        servers.append(control)
        if let monitor {
            do {
                servers.append(try await monitor.listen(at: folder.shortPath(QEMUCommandLine.Name.monitor)))
            } catch {
                throw GuestError(.socket, subject: sockets.path.string, detail: "\(error)")
            }
        }
        if let wanted = plan.network { network = try NetworkProcess(wanted, listeningAt: folder.shortPath(QEMUCommandLine.Name.network)) }
        let life = GuestLife(
            conversation: conversation, emulator: EmulatorProcess(plan: plan, emulator: emulator), loop: control.eventLoop, monitor: monitor, network: network,
            incoming: folder.shortPath(QEMUCommandLine.Name.incoming))
        outcome = .success(try await life.run(body))
    } catch {
        outcome = .failure(error)
    }
    for server in servers { try? await server.close() }
    await conversation.close()
    await monitor?.close()
    // Only what this call opened: something else may stand where a socket could not be made.
    for name in [QEMUCommandLine.Name.control, QEMUCommandLine.Name.monitor].prefix(servers.count) { unlink(folder.shortPath(name)) }
    if network != nil { unlink(folder.shortPath(QEMUCommandLine.Name.network)) }
    if case .restored = plan.start { unlink(folder.shortPath(QEMUCommandLine.Name.incoming)) }
    return try outcome.get()
}

extension GuestConversation {
    /// A guest from a snapshot is called by the harness, and must answer this call and no other.
    convenience init(_ plan: BootPlan) {
        guard case .restored = plan.start else {
            self.init(limits: plan.limits, hellos: plan.firstPlan == nil ? 1 : 2)
            return
        }
        let nonce = UInt64.random(in: .min ... .max)
        self.init(limits: plan.limits, nonce: nonce) {
            var generator = SystemRandomNumberGenerator()
            let seed = (0..<WakeCall.seedSize).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            return WakeCall(nonce: nonce, time: HostClock.microseconds, seed: seed)
        }
    }
}

private func listen(at socket: String, for conversation: GuestConversation, folder: FilePath) async throws -> any Channel {
    do {
        // One loop for server and connection: once the server is closed, no connection is on its way from one to another.
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.any())
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(ControlChannelHandler(conversation)) }
            }
            .bind(unixDomainSocketPath: socket, cleanupExistingSocketFile: true).get()
    } catch {
        throw GuestError(.socket, subject: folder.string, detail: "\(error)")
    }
}

/// What happens while a guest lives: the emulator runs, and its network; its output is watched, the body works.
private struct GuestLife: Sendable {
    let conversation: GuestConversation
    let emulator: EmulatorProcess
    /// Of the control channel's server and its connection.
    let loop: any EventLoop
    let monitor: Monitor?
    let network: NetworkProcess?
    /// Where a guest from a snapshot takes the state of its devices.
    let incoming: String

    private enum Part<Value: Sendable>: Sendable {
        case emulatorEnded(log: String)
        case guestOver
        case networkEnded
        case restored
        case bodyEnded(Result<Value, any Error>)
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable (Guest) async throws -> Value) async throws -> GuestOutcome<Value> {
        // Not a child task: it is cancelled alone when a limit is passed, while the body reads what the guest had said.
        let emulatorTask = Task { try await emulator.run(conversation, on: loop) }
        return try await withTaskCancellationHandler {
            do {
                return try await withThrowingTaskGroup(of: Part<Value>.self) { group in
                    group.addTask { .emulatorEnded(log: try await emulatorTask.value) }
                    if let network { group.addTask { try await serve(network) } }
                    group.addTask { try await watch() }
                    group.addTask { .bodyEnded(await Result { try await body(Guest(conversation, monitor: monitor)) }) }
                    if case .restored(let files) = emulator.plan.start { group.addTask { try await restore(files) } }
                    // Whatever fails next to the emulator ends it: the group waits for all of its parts.
                    defer {
                        emulatorTask.cancel()
                        group.cancelAll()
                    }
                    return try await gather(&group, endEmulator: emulatorTask.cancel)
                }
            } catch {
                _ = await emulatorTask.result
                // Whatever failed because of it, the cancellation is what happened.
                try Task.checkCancellation()
                throw error
            }
        } onCancel: {
            emulatorTask.cancel()
            conversation.finish()
        }
    }

    private func gather<Value: Sendable>(
        _ group: inout ThrowingTaskGroup<Part<Value>, any Error>, endEmulator: () -> Void
    ) async throws -> GuestOutcome<Value> {
        defer { conversation.finish() }
        var result: Result<Value, any Error>?
        var log: String?
        while result == nil || log == nil, let part = try await group.next() {
            switch part {
            case .emulatorEnded(let text): log = text
            case .guestOver: endEmulator()
            case .networkEnded, .restored: break
            case .bodyEnded(let value):
                result = value
                if conversation.released() { endEmulator() }
            }
        }
        try Task.checkCancellation()
        guard let ending = conversation.ending, let result, let log else { throw CancellationError() }
        return GuestOutcome(ending: ending, result: result, emulatorLog: log, peakMemory: emulator.memory.bytes)
    }

    private func serve<Value: Sendable>(_ network: NetworkProcess) async throws -> Part<Value> {
        try await network.run(in: emulator.plan.folder)
        return .networkEnded
    }

    /// An emulator that ends before tells why itself; what its monitor refuses only the monitor knows.
    private func restore<Value: Sendable>(_ files: SnapshotFiles) async throws -> Part<Value> {
        do {
            try await monitor?.load(through: QEMUCommandLine.Name.incoming) { try await SnapshotDelivery.send(files.state, to: incoming) }
            conversation.restored()
        } catch let error as GuestError where error.code == .monitor && !error.isHangUp {
            throw error
        } catch {}
        return .restored
    }

    /// Looks at the clock and at how much the guest made the emulator write, until the guest is over.
    private func watch<Value: Sendable>() async throws -> Part<Value> {
        while !conversation.looked(console: emulator.outputSize) {
            emulator.memory.look()
            try await Task.sleep(for: .milliseconds(100))
        }
        return .guestOver
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
