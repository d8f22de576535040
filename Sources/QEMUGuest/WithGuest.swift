import Foundation
import GuestProtocol
import NIOCore
import NIOPosix
import Subprocess
import SystemPackage

/// Boots a guest, runs the body while it lives, and sees to it that nothing of it is left.
///
/// The guest's end is whatever comes first: the emulator's own end, a limit of the plan, or the body's return. Until then the
/// emulator exists only inside this call: it runs in a session of its own, is ended by SIGTERM and then SIGKILL, and dies with the
/// harness should that be killed.
/// - Throws: `GuestError` when no guest could be started, `CancellationError` when the task was cancelled. The body's own error is
///   part of the outcome: how the guest ended counts for more.
public func withGuest<Value: Sendable>(
    _ plan: BootPlan, emulator: Emulator, body: @escaping @Sendable (Guest) async throws -> Value
) async throws -> GuestOutcome<Value> {
    let folder = try GuestFolder(plan.folder)
    let conversation = GuestConversation(limits: plan.limits)
    let socket = folder.shortPath(QEMUCommandLine.Name.control)
    let server: any Channel
    do {
        server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(ControlChannelHandler(conversation)) }
            }
            .bind(unixDomainSocketPath: socket, cleanupExistingSocketFile: true).get()
    } catch {
        throw GuestError(.socket, subject: plan.folder.string, detail: "\(error)")
    }
    do {
        let outcome = try await GuestLife(plan: plan, emulator: emulator, conversation: conversation).run(body)
        await close(server, socket: plan.folder.appending(QEMUCommandLine.Name.control))
        return outcome
    } catch {
        await close(server, socket: plan.folder.appending(QEMUCommandLine.Name.control))
        throw error
    }
}

private func close(_ server: any Channel, socket: FilePath) async {
    try? await server.close()
    try? FileManager.default.removeItem(atPath: socket.string)
}

/// The three things that happen while a guest lives: the emulator runs, its console is watched, the body works.
private struct GuestLife: Sendable {
    let plan: BootPlan
    let emulator: Emulator
    let conversation: GuestConversation

    private enum Part<Value: Sendable>: Sendable {
        case emulator(GuestEnding, log: String)
        case limit(GuestEnding)
        case body(Result<Value, any Error>)
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable (Guest) async throws -> Value) async throws -> GuestOutcome<Value> {
        let emulatorTask = Task { try await runEmulator() }
        return try await withTaskCancellationHandler {
            defer { conversation.finish() }
            return try await withThrowingTaskGroup(of: Part<Value>.self) { group in
                group.addTask { try await emulatorPart(emulatorTask) }
                group.addTask { try await watch() }
                group.addTask { .body(await Result { try await body(Guest(conversation)) }) }
                return try await gather(&group, emulatorTask)
            }
        } onCancel: {
            emulatorTask.cancel()
            conversation.finish()
        }
    }

    private func gather<Value: Sendable>(
        _ group: inout ThrowingTaskGroup<Part<Value>, any Error>, _ emulatorTask: Task<(ending: GuestEnding, log: String), any Error>
    ) async throws -> GuestOutcome<Value> {
        var ending: GuestEnding?
        var result: Result<Value, any Error>?
        var log: String?
        do {
            while result == nil || log == nil, let part = try await group.next() {
                switch part {
                case .emulator(let seen, let text):
                    if ending == nil { ending = seen }
                    log = text
                    conversation.finish()
                case .limit(let limit):
                    if ending == nil { ending = limit }
                    emulatorTask.cancel()
                    conversation.finish()
                case .body(let value):
                    result = value
                    // A body that is done while its guest is not: the guest goes with it, unless it is already leaving by itself.
                    if log == nil, !conversation.isLeaving {
                        if ending == nil { ending = conversation.isOver ? conversation.looked(console: 0) : .released }
                        emulatorTask.cancel()
                    }
                }
            }
        } catch {
            emulatorTask.cancel()
            conversation.finish()
            _ = await emulatorTask.result
            group.cancelAll()
            throw error
        }
        group.cancelAll()
        try Task.checkCancellation()
        guard let ending, let result else { throw CancellationError() }
        return GuestOutcome(ending: ending, result: result, emulatorLog: log ?? "")
    }

    private func emulatorPart<Value: Sendable>(_ task: Task<(ending: GuestEnding, log: String), any Error>) async throws -> Part<Value> {
        let (ending, log) = try await task.value
        return .emulator(ending, log: log)
    }

    private func runEmulator() async throws -> (ending: GuestEnding, log: String) {
        var options = PlatformOptions()
        options.createSession = plan.terminal == .none
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        // setpriv(1) asks the kernel to kill the emulator when the harness dies, even by SIGKILL.
        let arguments = ["--pdeathsig", "KILL", emulator.path.string] + QEMUCommandLine(plan).arguments
        let environment = Environment.custom(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"])
        let name = Executable.path("/usr/bin/setpriv")
        if plan.terminal == .inherited {
            let result = try await Subprocess.run(
                name, arguments: Arguments(arguments), environment: environment, workingDirectory: plan.folder, platformOptions: options,
                input: .fileDescriptor(.standardInput, closeAfterSpawningProcess: false),
                output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false), error: .string(limit: 64 << 10))
            return ended(result.terminationStatus, result.standardError)
        }
        let result = try await Subprocess.run(
            name, arguments: Arguments(arguments), environment: environment, workingDirectory: plan.folder, platformOptions: options,
            input: .none, output: .discarded, error: .string(limit: 64 << 10))
        return ended(result.terminationStatus, result.standardError)
    }

    private func ended(_ status: TerminationStatus, _ stderr: String) -> (ending: GuestEnding, log: String) {
        (conversation.emulatorEnded(isSuccess: status.isSuccess, status: "\(status)", stderr: String(stderr.suffix(2000))), stderr)
    }

    /// Looks at the console's size and the clock until a limit is passed.
    private func watch<Value: Sendable>() async throws -> Part<Value> {
        let console = plan.folder.appending(QEMUCommandLine.Name.console).string
        while true {
            var status = stat()
            let size = stat(console, &status) == 0 ? Int(status.st_size) : 0
            if let ending = conversation.looked(console: size) { return .limit(ending) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
