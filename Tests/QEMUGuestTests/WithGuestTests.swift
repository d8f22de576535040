import Foundation
import GuestProtocol
import SystemPackage
import TestSupport
import Testing

@testable import QEMUGuest

@Suite("The scope of a guest")
struct WithGuestTests {
    struct Trouble: Error, Equatable {}

    @Suite("The body")
    struct Body {
        @Test("that returns before farewell takes the guest with it")
        func earlyReturn() async throws {
            let guest = try FakeGuest("stuck")
            let outcome = try await withGuest(guest.plan, emulator: guest.emulator) { running in
                for await message in running.messages { if case .hello = message { return 42 } }
                return 0
            }
            #expect(outcome.ending == .released)
            #expect(try outcome.result.get() == 42)
            #expect(guest.processes == [])
            #expect(guest.leftovers == [])
        }

        @Test("that throws takes the guest with it, and its error is the result")
        func earlyThrow() async throws {
            let guest = try FakeGuest("stuck")
            let outcome = try await withGuest(guest.plan, emulator: guest.emulator) { _ in throw Trouble() }
            #expect(outcome.ending == .released)
            #expect(throws: Trouble.self) { try outcome.result.get() }
            #expect(guest.processes == [])
        }

        @Test("that returns at farewell leaves the emulator to end by itself")
        func farewell() async throws {
            let guest = try FakeGuest("complete")
            let outcome = try await withGuest(guest.plan, emulator: guest.emulator) { running in
                for await message in running.messages {
                    if case .hello = message { try await running.send(.plan(FakeGuest.hostPlan)) }
                    if message == .farewell { return }
                }
            }
            #expect(outcome.ending == .farewell)
            #expect(guest.console.contains("Power down"))
        }

        @Test("that lets messages lie hears them all in the end")
        func lateReader() async throws {
            let guest = try FakeGuest("complete")
            let outcome = try await withGuest(guest.plan, emulator: guest.emulator) { running in
                var messages = running.messages.makeAsyncIterator()
                let first = await messages.next()
                try await running.send(.plan(FakeGuest.hostPlan))
                // The emulator is gone once no process works in the folder.
                while guest.processes != [] { await Task.yield() }
                var rest: [GuestMessage] = []
                while let message = await messages.next() { rest.append(message) }
                return (first, rest.last)
            }
            let (first, last) = try outcome.result.get()
            #expect(outcome.ending == .farewell)
            #expect(first != nil)
            #expect(last == .farewell)
        }

        @Test("cannot send to a guest that never connected")
        func notConnected() async throws {
            let guest = try FakeGuest("no-connect")
            let outcome = try await withGuest(guest.plan, emulator: guest.emulator) { running in
                try await running.send(.plan(FakeGuest.hostPlan))
            }
            let error = #expect(throws: GuestError.self) { try outcome.result.get() }
            #expect(error?.code == .notReady)
        }
    }

    @Suite("Cancellation")
    struct Cancellation {
        @Test("ends the emulator, even one that ignores SIGTERM, and is all that is told", arguments: ["stuck", "ignore-term", "flood"])
        func cancelled(behaviour: String) async throws {
            var guest = try FakeGuest(behaviour)
            guest.plan.limits.console = 1 << 40
            let isRunning = Happening()
            let task = Task { [guest] in
                try await withGuest(guest.plan, emulator: guest.emulator) { running in
                    if behaviour == "flood" {
                        while guest.processes == [] { await Task.yield() }
                        isRunning.happened()
                    }
                    for await message in running.messages { if case .hello = message { isRunning.happened() } }
                }
            }
            await isRunning.wait()
            #expect(guest.processes.count == 1)
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(guest.processes == [])
            #expect(guest.leftovers == [])
        }

        @Test("before the start starts nothing that stays")
        func early() async throws {
            let guest = try FakeGuest("stuck")
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await withGuest(guest.plan, emulator: guest.emulator) { running in for await _ in running.messages {} }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(guest.processes == [])
        }
    }

    @Suite("The folder")
    struct Folder {
        @Test("has to be there")
        func missing() async throws {
            var guest = try FakeGuest("complete")
            guest.plan.folder = guest.folder.path.appending("missing")
            let error = await #expect(throws: GuestError.self) { _ = try await guest.run() }
            #expect(error?.code == .folder)
            #expect(error?.description.contains("missing") == true)
        }

        @Test("may have a path longer than a socket's address")
        func long() async throws {
            var guest = try FakeGuest("complete")
            guest.plan.folder = try guest.folder.makeLongPath()
            #expect(try await guest.run().ending == .farewell)
            #expect(guest.console.contains("Power down"))
            #expect(guest.leftovers == [])
        }

        @Test("may hold what a killed harness left")
        func leftover() async throws {
            let guest = try FakeGuest("exit-early")
            #expect(try await guest.run().ending == .endedEarly)
            try FileManager.default.createSymbolicLink(atPath: guest.plan.folder.appending("sockets").string, withDestinationPath: "/tmp/kmatrix-sockets-gone")
            #expect(guest.leftovers == ["sockets"])
            #expect(try await guest.run().ending == .endedEarly)
            #expect(guest.leftovers == [])
        }

        @Test("is given its sockets in the temporary folder, privately, and what killed processes left there is removed")
        func temporary() throws {
            let guest = try FakeGuest("complete")
            let parent = SocketFolder.temporary(ProcessInfo.processInfo.environment)
            let dead = parent.appending("kmatrix-sockets-dead-\(UUID().uuidString)")
            try FileManager.default.createDirectory(atPath: dead.string, withIntermediateDirectories: true)
            let sockets = try SocketFolder(for: guest.plan.folder)
            #expect(sockets.path.starts(with: parent) && guest.leftovers == ["sockets"])
            #expect(try FileManager.default.attributesOfItem(atPath: sockets.path.string)[.posixPermissions] as? Int == 0o700)
            // The platform's sockets and the guest's are in one folder, which goes with the first of them.
            let second = try SocketFolder(for: guest.plan.folder)
            #expect(second.path == sockets.path)
            second.remove()
            SocketFolder.sweep()
            #expect(!FileManager.default.fileExists(atPath: dead.string))
            #expect(FileManager.default.fileExists(atPath: sockets.path.string), "its process lives")
            sockets.remove()
            #expect(!FileManager.default.fileExists(atPath: sockets.path.string) && guest.leftovers == [])
        }

        @Test("may not hold something else where the link to the sockets belongs")
        func occupied() async throws {
            let guest = try FakeGuest("complete")
            try Data("precious".utf8).write(to: URL(filePath: guest.plan.folder.appending("sockets").string))
            let error = await #expect(throws: GuestError.self) { _ = try await guest.run() }
            #expect(error?.code == .folder)
            #expect(error?.description.contains("set TMPDIR") == false, "\(error?.description ?? "")")
            #expect(guest.leftovers == ["sockets"])
        }
    }

    @Suite("The harness")
    struct Harness {
        @Test("keeps no descriptor of guests that are gone")
        func descriptors() async throws {
            // In a process of its own, where nobody else opens anything.
            await #expect(processExitsWith: .success) {
                func open() throws -> [String] {
                    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
                        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
                    }
                }
                for behaviour in ["complete", "exit-code", "garbage"] { _ = try await FakeGuest(behaviour).run() }
                let before = try open()
                for behaviour in ["complete", "exit-code", "garbage", "complete", "exit-early"] { _ = try await FakeGuest(behaviour).run() }
                // What was closed may take a moment to be gone on a busy machine; what leaked stays.
                let deadline = ContinuousClock.now + .seconds(30)
                while try open().count > before.count, ContinuousClock.now < deadline { await Task.yield() }
                let after = try open()
                guard after.count <= before.count else { fatalError("before \(before), after \(after)") }
            }
        }

        @Test("takes its guests with it when it is killed")
        func killed() async throws {
            let folder = try TemporaryFolder()
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path.string as String] in
                var guest = try FakeGuest("ignore-term")
                // This process never gets to remove its own.
                try FileManager.default.removeItem(atPath: guest.folder.path.string)
                guest.plan.folder = FilePath(path)
                _ = try await withGuest(guest.plan, emulator: guest.emulator) { running in
                    for await message in running.messages { if case .hello = message { kill(getpid(), SIGKILL) } }
                }
            }
            let deadline = ContinuousClock.now + .seconds(60)
            while FakeGuest.processes(in: folder.path) != [], ContinuousClock.now < deadline { await Task.yield() }
            #expect(FakeGuest.processes(in: folder.path) == [])
            #expect(FileManager.default.fileExists(atPath: folder.path.appending("console.log").string))
        }
    }

    @Suite("The emulator")
    struct EmulatorProgram {
        @Test("that vanished is missing, not failed")
        func vanished() async throws {
            let guest = try FakeGuest("complete")
            let gone = Emulator(path: guest.folder.path.appending("qemu"), version: guest.emulator.version)
            let error = await #expect(throws: GuestError.self) {
                try await withGuest(guest.plan, emulator: gone) { running in for await _ in running.messages {} }
            }
            #expect(error?.code == .emulatorMissing)
            #expect(guest.leftovers == [])
        }

        private func guest(_ behaviour: String, network program: FilePath) throws -> FakeGuest {
            var guest = try FakeGuest(behaviour)
            guest.plan.network = GuestNetwork(program: program, wireServer: "wireserver.sock", hostGAPlugin: "hostga.sock", imds: "imds.sock")
            return guest
        }

        @Test("has its network beside it, of which nothing is left either", arguments: ["complete", "exit-code", "garbage", "panic"])
        func network(behaviour: String) async throws {
            let guest = try guest(behaviour, network: BuiltProgram.path("guest-network"))
            let (ending, _, _) = try await guest.run()
            #expect((ending == .farewell) == (behaviour == "complete"))
            #expect(guest.processes == [])
            #expect(guest.leftovers == [])
        }

        @Test("is not started without its network")
        func noNetwork() async throws {
            let guest = try guest("complete", network: "/nowhere/network")
            let error = await #expect(throws: GuestError.self) { _ = try await guest.run() }
            #expect(error?.code == .networkMissing)
            #expect(guest.console == "")
            #expect(guest.leftovers == [])
        }

        @Test(
            "does not outlive its network, whose end is told as what it is", .timeLimit(.minutes(1)), arguments: ["exit 3", "kill -KILL $$", "sleep 1; exit 3"])
        func networkFails(end: String) async throws {
            let folder = try TemporaryFolder()
            let program = folder.path.appending("network")
            try ProgramFile.write("#!/bin/sh\necho 'no more' >&2\n\(end)\n", to: program)
            let guest = try guest("stuck", network: program)
            let error = await #expect(throws: GuestError.self) { _ = try await guest.run() }
            #expect(error?.code == .networkFailed)
            #expect(error?.description.contains("no more") == true, "\(error?.description ?? "")")
            #expect(guest.processes == [])
            #expect(guest.leftovers == [])
        }
    }
}
