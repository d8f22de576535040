import Diagnosis
import Foundation
import Guidance
import MatrixModel
import SupportBundles
import SystemPackage
import TestSupport
import Testing

@Suite("Gathering on a live machine")
struct CollectorTests {
    static let secret = "5F0E1D2C3B4A59687786A5B4C3D2E1F0"

    /// A machine's files below a folder: legacy cgroups, an agent that could not attach, and keys where they are and where they are not.
    static func machine() throws -> TemporaryFolder {
        let root = try TemporaryFolder()
        let files = [
            ("var/log/azure-proxy-agent/status.json", BundleReaderTests.status), ("var/log/azure-proxy-agent/ProxyAgent.log", "started\n"),
            ("var/log/azure-proxy-agent/5d0c.key", secret), ("var/lib/azure-proxy-agent/keys/5d0c.key", secret),
            ("proc/sys/kernel/osrelease", "5.10.0-35-cloud-amd64\n"),
            ("etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 11 (bullseye)\"\n"),
            ("proc/filesystems", "nodev\tsysfs\nnodev\tcgroup\nnodev\tcgroup2\n"),
            ("proc/self/mountinfo", "21 1 0:19 / /proc rw,nosuid - proc proc rw\n31 22 0:26 / /sys/fs/cgroup/cpu rw,nosuid - cgroup cgroup rw,cpu\n"),
        ]
        for (place, text) in files {
            let path = root.path.appending(place)
            try FileManager.default.createDirectory(atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
            try text.write(toFile: path.string, atomically: true, encoding: .utf8)
        }
        // A log that is a link to the key.
        try FileManager.default.createSymbolicLink(
            atPath: root.path.appending("var/log/azure-proxy-agent/sly.log").string,
            withDestinationPath: root.path.appending("var/lib/azure-proxy-agent/keys/5d0c.key").string)
        return root
    }

    static func gather(_ root: TemporaryFolder, limit: Int = 2 << 20) async throws -> Collector.Outcome {
        let collector = Collector(root: root.path, limit: limit) { question in
            question.name == "unit-state.txt" ? Array("Id=azure-proxy-agent.service\nLoadState=loaded\nActiveState=active\nSubState=running\n".utf8) : nil
        }
        return try await collector.gather(time: "2026-08-03T09:14:30Z", version: "test")
    }

    @Test("makes a bundle that is diagnosed to the cause, with the commands of the machine's distribution")
    func diagnosed() async throws {
        let root = try Self.machine()
        let outcome = try await Self.gather(root)
        let path = root.path.appending("out.tar")
        try LiveMachine.write(outcome.archive, to: path)
        let diagnosis = Diagnosis(try await BundleReader().read(path).files)
        let first = try #require(diagnosis.conclusions.first)
        #expect(first.guide.code == "attach-failed/no-cgroup2" && first.confidence == .certain)
        #expect(first.guide.remedies(for: diagnosis.family).first?.commands.contains("sudo update-grub") == true)
        #expect(diagnosis.facts.unit?.value == .running)
    }

    @Test("never holds a key: not from its folder, not by a link, not by its name")
    func keys() async throws {
        let root = try Self.machine()
        let outcome = try await Self.gather(root)
        #expect(!String(decoding: outcome.archive, as: UTF8.self).contains(Self.secret))
        #expect(outcome.names.contains("logs/ProxyAgent.log") && !outcome.names.contains { $0.contains("key") || $0.contains("sly") })
    }

    @Test("says what could not be had")
    func missing() async throws {
        let root = try Self.machine()
        let missing = try await Self.gather(root).missing
        #expect(missing.contains("/var/log/cloud-init.log") && missing.contains("cloud-init --version"))
    }

    @Test("keeps of the kernel's log what concerns BPF and policy, and takes the two markers next to the keys")
    func kernelLog() async throws {
        let root = try Self.machine()
        try "WireServer Enforce\n".write(toFile: root.path.appending("var/lib/azure-proxy-agent/keys/status.tag").string, atomically: true, encoding: .utf8)
        let collector = Collector(root: root.path) { question in
            question.name == "dmesg.txt"
                ? Array("[    1.0] usb 1-1: new device\n[    2.0] Lockdown: agent: use of bpf to read kernel RAM is restricted\n".utf8) : nil
        }
        let outcome = try await collector.gather(time: "2026-08-03T09:14:30Z", version: "test")
        let archive = String(decoding: outcome.archive, as: UTF8.self)
        #expect(archive.contains("Lockdown: agent") && !archive.contains("new device"))
        #expect(outcome.names.contains("tags/status.tag") && !archive.contains(Self.secret))
    }

    @Test("keeps the end of a long log")
    func bounded() async throws {
        let root = try Self.machine()
        try (String(repeating: "x", count: 10_000) + "END\n").write(
            toFile: root.path.appending("var/log/azure-proxy-agent/ProxyAgent.log").string, atomically: true, encoding: .utf8)
        let archive = try await Self.gather(root, limit: 1_000).archive
        #expect(archive.count < 40_000)
        #expect(String(decoding: archive, as: UTF8.self).contains("xEND\n"))
    }

    @Test("changes nothing on the machine, and no file that exists")
    func readsOnly() async throws {
        let root = try Self.machine()
        let before = try FileManager.default.subpathsOfDirectory(atPath: root.path.string).sorted()
        let outcome = try await Self.gather(root)
        #expect(try FileManager.default.subpathsOfDirectory(atPath: root.path.string).sorted() == before)
        #expect { try LiveMachine.write(outcome.archive, to: root.path.appending("etc/os-release")) } throws: { ($0 as? SupportBundleError)?.code == .exists }
    }
}
