import Subprocess
import SystemPackage

/// A bundle that is a Debian or RPM package. Its own tools list and print single files; nothing is unpacked, so no path, link or device
/// in it can reach anything here.
struct PackageArchive: BundleSource {
    enum Kind: Sendable { case deb, rpm }

    let path: FilePath
    let kind: Kind

    func file(_ name: String) async throws -> [UInt8]? {
        // Links and devices have no content, and a file that an agent consists of has some.
        for spelling in ["./\(name)", name] {
            let outcome: Outcome
            switch kind {
            case .deb: outcome = try await shell("dpkg-deb --fsys-tarfile -- \"$1\" | tar --extract --to-stdout --occurrence=1 --file=- -- \"$2\"", spelling)
            case .rpm: outcome = try await shell("rpm2cpio \"$1\" | cpio --extract --quiet --to-stdout -- \"$2\"", spelling)
            }
            if !outcome.output.isEmpty { return outcome.output }
        }
        return nil
    }

    var version: String? {
        get async throws {
            let outcome: Outcome
            switch kind {
            case .deb: outcome = try await shell("dpkg-deb --field -- \"$1\" Version", "")
            case .rpm: outcome = try await shell("rpm --query --package --queryformat '%{VERSION}-%{RELEASE}' -- \"$1\" 2>/dev/null", "")
            }
            let text = String(decoding: outcome.output.prefix(100), as: UTF8.self)
            return text.split(whereSeparator: \.isWhitespace).first.map(String.init)
        }
    }

    /// Whether the file is a package at all, said by the tool that knows.
    func check() async throws {
        let outcome: Outcome
        switch kind {
        case .deb: outcome = try await shell("dpkg-deb --info -- \"$1\" > /dev/null", "")
        case .rpm: outcome = try await shell("rpm2cpio \"$1\" > /dev/null", "")
        }
        guard outcome.isSuccess else { throw AgentBundleError(.badPackage, subject: path.string, detail: outcome.complaint) }
    }

    private struct Outcome {
        let isSuccess: Bool
        let output: [UInt8]
        let complaint: String
    }

    /// A pipe of two tools; paths are its arguments and never part of its text.
    private func shell(_ script: String, _ name: String) async throws -> Outcome {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        do {
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: Arguments(["-c", script, "sh", path.string, name]), environment: .inherit.updating(["LC_ALL": "C"]),
                platformOptions: options, output: .bytes(limit: largestPart), error: .string(limit: 64 << 10))
            try Task.checkCancellation()
            return Outcome(
                isSuccess: result.terminationStatus.isSuccess, output: result.standardOutput,
                complaint: result.standardError.split(separator: "\n").first.map(String.init) ?? "\(result.terminationStatus)")
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw AgentBundleError(.tooLarge, subject: path.string, detail: "\(name) (\(error))")
        }
    }
}
