import Foundation
public import GuestProtocol
import SystemPackage

/// Boots a guest, and keeps it in its folder as it waits for its plan.
///
/// The folder then has the guest's memory and the state of its devices, and the console as far as it got.
/// - Parameter plan: What the guest boots. Its payload is a placeholder: the guest has not looked at it yet, and each copy gets its own.
/// - Returns: What was made of the guest, and its hello.
/// - Throws: `GuestError` (`snapshotNotMade`, or what keeps any guest from starting), `CancellationError`.
public func recordSnapshot(_ plan: BootPlan, emulator: Emulator) async throws -> (files: SnapshotFiles, hello: GuestHello) {
    var plan = plan
    plan.start = .recorded
    func failure(_ reason: String) -> GuestError { GuestError(.snapshotNotMade, subject: plan.folder.string, detail: reason) }
    // It appears once it is whole.
    let state = QEMUCommandLine.Name.state
    let outcome = try await withGuest(plan, emulator: emulator) { guest in
        var hello: GuestHello?
        for await message in guest.messages {
            guard case .hello(let said) = message else { continue }
            hello = said
            try await guest.monitor?.save(through: "cat > \(state).part && mv \(state).part \(state)")
        }
        return hello
    }
    let hello: GuestHello?
    do { hello = try outcome.result.get() } catch { throw failure("\(error)") }
    guard let hello else { throw failure("the guest never got ready: \(outcome.ending)") }
    // The emulator was told to quit.
    guard outcome.ending == .endedEarly else { throw failure("the emulator ended otherwise than told: \(outcome.ending)") }
    let files = SnapshotFiles(memory: plan.folder.appending(QEMUCommandLine.Name.memory), state: plan.folder.appending(state))
    // The command that takes the state ends by itself once the emulator has, on a busy machine after it.
    let deadline = ContinuousClock.now + .seconds(10)
    while !FileManager.default.fileExists(atPath: files.state.string), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
    for file in [files.memory, files.state] where !FileManager.default.fileExists(atPath: file.string) {
        throw failure("'\(file.lastComponent?.string ?? "")' was not written")
    }
    return (files, hello)
}
