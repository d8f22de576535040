public import Foundation
public import MatrixModel
import Subprocess
public import SystemPackage

/// The QEMU program that was found, and its version.
public struct Emulator: Hashable, Sendable {
    /// Debian 11's. Older ones know no `guestfwd` with a command in restricted networks that is dependable.
    static let oldestVersion = Version(major: 5, minor: 2)

    public struct Version: Hashable, Comparable, Sendable, CustomStringConvertible {
        public let major: Int
        public let minor: Int

        public var description: String { "\(major).\(minor)" }

        public static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }

        /// Reads the first line of what QEMU prints for `--version`.
        init?(banner: String) {
            guard let start = banner.range(of: "QEMU emulator version ") else { return nil }
            let numbers = banner[start.upperBound...].prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
            guard numbers.count >= 2 else { return nil }
            self.init(major: numbers[0], minor: numbers[1])
        }

        init(major: Int, minor: Int) {
            self.major = major
            self.minor = minor
        }
    }

    public let path: FilePath
    public let version: Version
    /// What its guests' processors are.
    public var architecture = Architecture.host

    /// Finds QEMU for an architecture: what its own variable names (`emulatorVariable`), for this machine's architecture also
    /// `KMATRIX_QEMU`, else the program in PATH.
    /// - Throws: `GuestError` with `emulatorMissing`, `emulatorTooOld` or `emulatorUnusable`.
    public static func find(
        for architecture: Architecture = .host, environment: [String: String] = ProcessInfo.processInfo.environment, versionTimeout: Duration = .seconds(20)
    ) async throws -> Emulator {
        let general = architecture == .host ? environment["KMATRIX_QEMU"] : nil
        let name = environment[architecture.emulatorVariable] ?? general ?? architecture.emulator
        let candidates = name.contains("/") ? [name] : (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
        guard let found = candidates.first(where: Self.isProgram) else {
            throw GuestError(
                .emulatorMissing, subject: name,
                detail: "\(architecture.emulatorPackage), or set \(architecture == .host ? "KMATRIX_QEMU" : architecture.emulatorVariable)")
        }
        // Guests run in folders of their own, where a relative name means something else.
        let path = URL(filePath: found).path(percentEncoded: false)
        let version = try await version(of: path, versionTimeout: versionTimeout)
        guard version >= oldestVersion else { throw GuestError(.emulatorTooOld, subject: path, detail: version.description) }
        return Emulator(path: FilePath(path), version: version, architecture: architecture)
    }

    /// Asks the program for its version. An interruption is not a fault, and a program that never answers is not QEMU.
    private static func version(of path: String, versionTimeout: Duration) async throws -> Version {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))]
        let settings = options
        enum Answer: Sendable {
            case said(TerminationStatus, String)
            case late
        }
        do {
            let answer = try await withThrowingTaskGroup(of: Answer.self) { group in
                group.addTask {
                    let result = try await Subprocess.run(
                        .path(FilePath(path)), arguments: ["--version"], platformOptions: settings, output: .string(limit: 4096))
                    return .said(result.terminationStatus, result.standardOutput)
                }
                group.addTask {
                    try await Task.sleep(for: versionTimeout)
                    return .late
                }
                defer { group.cancelAll() }
                return try await group.next() ?? .late
            }
            // A run that was cancelled may return what the signal left.
            try Task.checkCancellation()
            switch answer {
            case .late: throw GuestError(.emulatorUnusable, subject: path, detail: "'--version' did not answer within \(versionTimeout)")
            case .said(let status, let banner):
                guard status.isSuccess, let version = Version(banner: banner) else {
                    throw GuestError(.emulatorUnusable, subject: path, detail: "'--version' ended with \(status)")
                }
                return version
            }
        } catch let error as GuestError {
            throw error
        } catch {
            if error is CancellationError || Task.isCancelled { throw CancellationError() }
            throw GuestError(.emulatorUnusable, subject: path, detail: "\(error)")
        }
    }

    private static func isProgram(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }
}
