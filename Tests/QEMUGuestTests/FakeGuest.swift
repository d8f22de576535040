import Foundation
import GuestProtocol
import MatrixModel
import SystemPackage
import TestSupport

@testable import QEMUGuest

/// A guest of the stand-in emulator: its folder, its plan, and what is left of it.
struct FakeGuest {
    let folder: TemporaryFolder
    var plan: BootPlan
    let emulator: Emulator

    /// Limits that a healthy stand-in never comes near, so that a slow machine changes no result.
    static let generousLimits = GuestLimits(
        ready: .seconds(300), silence: .seconds(300), total: .seconds(300), shutdown: .seconds(300), console: 1 << 20)

    init(_ behaviour: String, limits: GuestLimits = generousLimits) throws {
        folder = try TemporaryFolder()
        plan = BootPlan(kernel: .elf("/k/vmlinux"), initramfs: "/i/initramfs", accelerator: .tcg, folder: folder.path)
        plan.kernelArguments = ["fake=\(behaviour)"]
        plan.limits = limits
        emulator = Emulator(path: try BuiltProgram.path("fake-qemu"), version: Emulator.Version(major: 7, minor: 2))
    }

    static let hostPlan = GuestPlan(
        layout: .unified, agentPath: "usr/sbin/agent",
        steps: [.clients([ClientSpec(name: "imds-root-connect", kind: .connect, user: 0, address: [169, 254, 169, 254], port: 80)])])

    /// Runs the guest, answers its hello with a plan and gathers all it says.
    func run() async throws -> (ending: GuestEnding, messages: [GuestMessage], log: String) {
        let outcome = try await withGuest(plan, emulator: emulator) { guest in
            var messages: [GuestMessage] = []
            for await message in guest.messages {
                messages.append(message)
                if case .hello = message { try? await guest.send(.plan(Self.hostPlan)) }
            }
            return messages
        }
        return (outcome.ending, try outcome.result.get(), outcome.emulatorLog)
    }

    var console: String {
        String(decoding: FileManager.default.contents(atPath: plan.folder.appending("console.log").string) ?? Data(), as: UTF8.self)
    }

    /// The processes that work in the guest's folder.
    var processes: [Int32] { Self.processes(in: plan.folder) }

    static func processes(in folder: FilePath) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { process in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")) == folder.string
        }
    }

    /// What remains in the folder but the console and the log.
    var leftovers: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: plan.folder.string)) ?? []).filter { $0 != "console.log" && $0 != "qemu.log" }
    }
}

/// Says once that something happened, to whoever waits.
final class Happening: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func happened() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}
