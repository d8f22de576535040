import CHostSystem
import Foundation
import NIOCore
import Subprocess
import SystemPackage

/// The emulator's process for one plan, from its start to its end.
struct EmulatorProcess: Sendable {
    let plan: BootPlan
    let emulator: Emulator
    let memory = PeakMemory()

    /// What the emulator's standard error leaves for people, in bytes; the whole is in the file.
    private static let logTail = 64 << 10

    private var log: FilePath { plan.folder.appending(QEMUCommandLine.Name.log) }

    /// The bytes in the files that grow at the guest's will.
    var outputSize: Int {
        [QEMUCommandLine.Name.console, QEMUCommandLine.Name.log].reduce(0) { total, name in
            var status = stat()
            return stat(plan.folder.appending(name).string, &status) == 0 ? total + Int(status.st_size) : total
        }
    }

    /// Runs the emulator to its end and tells the conversation, after all that the guest had sent was received.
    ///
    /// When the task is cancelled the emulator gets SIGTERM, two seconds later SIGKILL.
    /// - Parameter loop: Where the guest's connection is accepted.
    /// - Returns: The end of what the emulator printed on its standard error.
    /// - Throws: `GuestError` when it could not be started.
    func run(_ conversation: GuestConversation, on loop: any EventLoop) async throws -> String {
        let status = try await terminationStatus()
        memory.ended()
        await conversation.drain(within: .seconds(5), on: loop)
        let text = FileTail.text(of: log, bytes: Self.logTail)
        conversation.emulatorEnded(isSuccess: status.isSuccess, status: "\(status)", stderr: String(text.suffix(2000)))
        return text
    }

    private func terminationStatus() async throws -> TerminationStatus {
        // setpriv would say so too, but as if the emulator had run and failed.
        guard access(emulator.path.string, X_OK) == 0 else { throw GuestError(.emulatorMissing, subject: emulator.path.string) }
        guard access(HostProcess.launcher, X_OK) == 0 else { throw GuestError(.toolMissing, subject: HostProcess.launcher, detail: "util-linux") }
        let errors: SystemPackage.FileDescriptor
        do {
            errors = try SystemPackage.FileDescriptor.open(
                log, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw GuestError(.folder, subject: plan.folder.string, detail: "\(error)")
        }
        defer { try? errors.close() }
        do {
            return try await start(errors: .fileDescriptor(errors, closeAfterSpawningProcess: false))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw GuestError(.emulatorUnusable, subject: emulator.path.string, detail: "cannot start it: \(error)")
        }
    }

    private func start(errors: FileDescriptorOutput) async throws -> TerminationStatus {
        let options = HostProcess.options(isInTerminal: plan.terminal != .none)
        // QEMU asks for huge pages for what it translates and for a guest's memory. Under TCG they gain little, and to fill each with zeros
        // takes a seventh of a cold cell's processor time. The emulator inherits the setting.
        _ = hs_allow_huge_pages(plan.accelerator == .kvm ? 1 : 0)
        let arguments = HostProcess.arguments(emulator.path, QEMUCommandLine(plan).arguments)
        switch plan.terminal {
        case .none:
            return try await Subprocess.run(
                .path(FilePath(HostProcess.launcher)), arguments: arguments, environment: HostProcess.environment, workingDirectory: plan.folder,
                platformOptions: options, input: .none, output: .discarded, error: errors
            ) { memory.began($0.processIdentifier.value) }.terminationStatus
        case .inherited:
            return try await Subprocess.run(
                .path(FilePath(HostProcess.launcher)), arguments: arguments, environment: HostProcess.environment, workingDirectory: plan.folder,
                platformOptions: options, input: .fileDescriptor(.standardInput, closeAfterSpawningProcess: false),
                output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false), error: errors
            ).terminationStatus
        }
    }
}
