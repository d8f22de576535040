import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

/// The commands for machines in the field, as a person or a script starts them.
@Suite("Commands for the field")
struct FieldCommandTests {
    /// `status.json` of a machine whose agent could not attach, as the article shows it.
    static let attachFailure =
        "\"ebpfProgramStatus\": {\n\"status\": \"STOPPED\",\n\"message\": \"Failed to attach program 'connect4' with error: `bpf_link_create` failed\"\n},\n"

    private struct Diagnosed: Decodable {
        struct Cause: Decodable {
            struct Remedy: Decodable { let commands: [String] }
            let code: String
            let confidence: String
            let remedies: [Remedy]
        }
        let schema: Int
        let outcome: String
        let causes: [Cause]
    }

    @Test("a diagnosis in JSON has cause, confidence and the commands of the family that was asked for")
    func json() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("status.json").string
        try Self.attachFailure.write(toFile: file, atomically: true, encoding: .utf8)
        let said = try await CommandLineTests.kmatrix(["diagnose", file, "--family", "ubuntu", "--format", "json"])
        #expect(said.code == 1, "\(said.stderr)")
        let diagnosed = try JSONDecoder().decode(Diagnosed.self, from: Data(said.stdout.utf8))
        #expect(diagnosed.schema == 1 && diagnosed.outcome == "trouble")
        #expect(diagnosed.causes.first?.code == "attach-failed/no-cgroup2" && diagnosed.causes.first?.confidence == "likely")
        #expect(diagnosed.causes.first?.remedies.first?.commands.contains("sudo update-grub") == true)
    }

    @Test("the exit code says whether something was found, or nothing can be said", arguments: [(attachFailure, Int32(1)), ("hello", 3), ("", 3)])
    func codes(text: String, code: Int32) async throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("note.txt").string
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try await CommandLineTests.kmatrix(["diagnose", file]).code == code)
    }

    @Test("what is printed for people quotes the proof, and links to the article")
    func text() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("status.json").string
        try Self.attachFailure.write(toFile: file, atomically: true, encoding: .utf8)
        let said = try await CommandLineTests.kmatrix(["diagnose", file])
        #expect(said.stdout.contains("status.json: ebpfProgramStatus: STOPPED: Failed to attach program 'connect4'"))
        // Nothing tells the distribution, so only commands that all have are given.
        #expect(said.stdout.contains("sudo mount -t cgroup2") && !said.stdout.contains("grubby"))
        #expect(said.stdout.contains("#failure-to-attach-cgroup-for-redirection"))
        #expect(said.stdout.contains("mount | grep cgroup2"))
    }

    @Test("every cause and every error code is explained, and listed", arguments: [nil, "jsonl"])
    func list(format: String?) async throws {
        let said = try await CommandLineTests.kmatrix(["explain"] + (format.map { ["--format", $0] } ?? []))
        #expect(said.code == 0)
        for cause in Cause.allCases { #expect(said.stdout.contains(cause.rawValue)) }
        #expect(said.stdout.contains("GalleryInVMAccessControlProfileNotMatchOSDisk"))
    }

    @Test(
        "an explanation says what to do, by cause, by code and by a pasted message",
        arguments: [
            (["explain", "key-lost"], "keyIncarnationId=HIGHER_NUMBER"), (["explain", "attach-failed/no-cgroup2", "--family", "sles"], "grub2-mkconfig"),
            (["explain", "ProxyAgentNotSupportedInRegion"], "Choose a supported region."),
            (["explain", "Current Gallery InVMAccessControlProfile Version 1.0 supports OS Windows, while current OSDisk's OS is Linux."], "\"Linux\""),
        ])
    func explain(arguments: [String], words: String) async throws {
        let said = try await CommandLineTests.kmatrix(arguments)
        #expect(said.code == 0 && said.stdout.contains(words), "\(said.stdout)\(said.stderr)")
    }

    @Test("a gathered bundle can be diagnosed, and is for its owner alone")
    func collect() async throws {
        let folder = try TemporaryFolder()
        let bundle = folder.path.appending("machine.tar").string
        let said = try await CommandLineTests.kmatrix(["collect", "--out", bundle])
        #expect(said.code == 0, "\(said.stderr)")
        let mode = try FileManager.default.attributesOfItem(atPath: bundle)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let diagnosed = try await CommandLineTests.kmatrix(["diagnose", bundle, "--format", "json"])
        #expect(diagnosed.stdout.contains("\"uname.txt\""))
    }
}
