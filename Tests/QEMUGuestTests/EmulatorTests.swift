import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import QEMUGuest

@Suite("Finding QEMU")
struct EmulatorTests {
    /// A program that answers `--version` with the text.
    private func program(_ text: String, status: Int = 0, in folder: TemporaryFolder) throws -> FilePath {
        let path = folder.path.appending("qemu-system-x86_64")
        try ProgramFile.write("#!/bin/sh\necho '\(text)'\nexit \(status)\n", to: path)
        return path
    }

    @Test("reads the version from the banner")
    func banner() {
        #expect(Emulator.Version(banner: "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)") == .init(major: 7, minor: 2))
        #expect(Emulator.Version(banner: "QEMU emulator version 10.0") == .init(major: 10, minor: 0))
        #expect(Emulator.Version(banner: "QEMU emulator version seven") == nil)
        #expect(Emulator.Version(banner: "bash 5.2") == nil)
        #expect(Emulator.Version(major: 5, minor: 2) < Emulator.Version(major: 10, minor: 0))
    }

    @Test("takes the program KMATRIX_QEMU names")
    func named() async throws {
        let path = try BuiltProgram.path("fake-qemu")
        let emulator = try await Emulator.find(environment: ["KMATRIX_QEMU": path.string])
        #expect(emulator.path == path)
        #expect(emulator.version == .init(major: 7, minor: 2))
    }

    @Test("looks through PATH")
    func path() async throws {
        let folder = try TemporaryFolder()
        let program = try program("QEMU emulator version 8.1.0", in: folder)
        let emulator = try await Emulator.find(environment: ["PATH": "/missing:\(folder.path)"])
        #expect(emulator == Emulator(path: program, version: .init(major: 8, minor: 1)))
    }

    @Test("looks for another architecture's own program, and does not take this machine's for it")
    func otherArchitecture() async throws {
        let folder = try TemporaryFolder()
        let other = try #require(Architecture.allCases.first { $0 != .host })
        let own = try BuiltProgram.path("fake-qemu").string
        let error = await #expect(throws: GuestError.self) {
            try await Emulator.find(for: other, environment: ["KMATRIX_QEMU": own, "PATH": folder.path.string])
        }
        #expect(error?.code == .emulatorMissing)
        for word in [other.emulator, other.emulatorPackage, other.emulatorVariable] {
            #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
        }
        let named = try await Emulator.find(for: other, environment: [other.emulatorVariable: own])
        #expect(named.path.string == own && named.architecture == other)
        let moved = try program("QEMU emulator version 8.1.0", in: folder)
        let place = folder.path.appending(other.emulator)
        try FileManager.default.moveItem(atPath: moved.string, toPath: place.string)
        #expect(
            try await Emulator.find(for: other, environment: ["PATH": folder.path.string])
                == Emulator(path: place, version: .init(major: 8, minor: 1), architecture: other))
    }

    @Test("passes over folders of that name")
    func folderOfThatName() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path.appending("qemu-system-x86_64").string, withIntermediateDirectories: true)
        let error = await #expect(throws: GuestError.self) { try await Emulator.find(environment: ["PATH": folder.path.string]) }
        #expect(error?.code == .emulatorMissing)
    }

    /// A program that never answers.
    private func mute(in folder: TemporaryFolder) throws -> FilePath {
        let path = folder.path.appending("qemu-system-x86_64")
        try ProgramFile.write("#!/bin/sh\nexec sleep 1000\n", to: path)
        return path
    }

    @Test("gives up on a program that never answers")
    func mute() async throws {
        let folder = try TemporaryFolder()
        let path = try mute(in: folder)
        let error = await #expect(throws: GuestError.self) {
            try await Emulator.find(environment: ["KMATRIX_QEMU": path.string], versionTimeout: .milliseconds(100))
        }
        #expect(error?.code == .emulatorUnusable)
        #expect(error?.description.contains("did not answer") == true)
    }

    @Test("an interruption is told as one, not as QEMU's fault")
    func interrupted() async throws {
        let folder = try TemporaryFolder()
        let path = try mute(in: folder)
        let finding = Task { try await Emulator.find(environment: ["KMATRIX_QEMU": path.string]) }
        finding.cancel()
        await #expect(throws: CancellationError.self) { try await finding.value }
    }

    @Test("says what to install when there is none")
    func missing() async throws {
        let error = await #expect(throws: GuestError.self) { try await Emulator.find(environment: ["PATH": "/missing"]) }
        #expect(error?.code == .emulatorMissing)
        #expect(error?.description.contains("qemu-system-x86") == true)
    }

    @Test("refuses one that is too old")
    func old() async throws {
        let folder = try TemporaryFolder()
        let path = try program("QEMU emulator version 4.2.1 (Debian)", in: folder)
        let error = await #expect(throws: GuestError.self) { try await Emulator.find(environment: ["KMATRIX_QEMU": path.string]) }
        #expect(error?.code == .emulatorTooOld)
        #expect(error?.description.contains("5.2") == true)
    }

    @Test("refuses what is not QEMU, or fails", arguments: [("GNU bash, version 5.2", 0), ("QEMU emulator version 7.2.0", 1)])
    func stranger(text: String, status: Int) async throws {
        let folder = try TemporaryFolder()
        let path = try program(text, status: status, in: folder)
        let error = await #expect(throws: GuestError.self) { try await Emulator.find(environment: ["KMATRIX_QEMU": path.string]) }
        #expect(error?.code == .emulatorUnusable)
    }
}
