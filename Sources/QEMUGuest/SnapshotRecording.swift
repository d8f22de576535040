import Foundation
public import GuestProtocol
import NIOCore
import SystemPackage

/// Boots a guest, and keeps it in its folder as it waits for its plan: at its first hello, or once it has carried out the first plan.
///
/// The folder then has the guest's memory and the state of its devices, and the console as far as it got. What it wrote is on its disks.
/// - Parameter plan: What the guest boots. Its payload is a placeholder: the guest has not looked at it yet, and each copy gets its own.
/// - Returns: What was made of the guest, and its hello.
/// - Throws: `GuestError` (`snapshotNotMade`, or what keeps any guest from starting), `CancellationError`.
public func recordSnapshot(_ plan: BootPlan, emulator: Emulator) async throws -> (files: SnapshotFiles, hello: GuestHello) {
    var recorded = plan
    recorded.start = .recorded
    let plan = recorded
    @Sendable func failure(_ reason: String) -> GuestError { GuestError(.snapshotNotMade, subject: plan.folder.string, detail: reason) }
    let files = SnapshotFiles(memory: plan.folder.appending(QEMUCommandLine.Name.memory), state: plan.folder.appending(QEMUCommandLine.Name.state))
    let outcome = try await withGuest(plan, emulator: emulator) { guest in
        var hello: GuestHello?
        var firstPlan = plan.firstPlan
        for await message in guest.messages {
            if case .setupFailed(let step, let reason) = message { throw failure("\(step): \(reason)") }
            guard case .hello(let said) = message, let monitor = guest.monitor else { continue }
            if let first = firstPlan.take() {
                try await guest.send(.plan(first))
                continue
            }
            hello = said
            try await save(plan.folder, monitor, as: files.state)
        }
        return hello
    }
    let hello: GuestHello?
    do { hello = try outcome.result.get() } catch let error as GuestError where error.code == .snapshotNotMade { throw error } catch {
        throw failure("\(error)")
    }
    guard let hello else { throw failure("the guest did not become ready: \(outcome.ending)") }
    // The emulator was told to quit.
    guard outcome.ending == .endedEarly else { throw failure("QEMU ended unexpectedly: \(outcome.ending)") }
    guard FileManager.default.fileExists(atPath: files.memory.string) else { throw failure("'\(QEMUCommandLine.Name.memory)' was not written") }
    return (files, hello)
}

/// How long the state may take from when the monitor says that it was sent.
private let deliveryTimeout = Duration.seconds(10)

/// Has the emulator send the state of its devices and end, and writes it to a file.
private func save(_ folder: FilePath, _ monitor: Monitor, as file: FilePath) async throws {
    let socket = QEMUCommandLine.Name.outgoing
    let guestFolder = try GuestFolder(folder)
    defer { unlink(guestFolder.shortPath(socket)) }
    let reception = try await SnapshotReception(listeningAt: guestFolder.shortPath(socket))
    let state = try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await reception.state() }
        try await monitor.save(through: socket)
        group.addTask {
            try await Task.sleep(for: deliveryTimeout)
            return nil
        }
        return try await group.next() ?? nil
    }
    guard let state, state.readableBytes > 0 else { throw GuestError(.monitor, subject: "migrate", detail: "QEMU sent no state") }
    try Data(state.readableBytesView).write(to: URL(filePath: file.string))
}
