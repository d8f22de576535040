import Diagnosis
import Foundation
import Guidance
import MatrixModel
import TestSupport
import Testing

@Suite("Evidence folders and bundles")
struct EvidenceTests {
    /// Evidence of real guests, as the judgement's tests have it.
    static func captured(_ name: String) throws -> [BundleFile] {
        let folder = Repository.root.appending(path: "Tests/ProbesTests/Evidence/\(name)")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).map {
            BundleFile(name: $0.lastPathComponent, bytes: Array(try Data(contentsOf: $0)))
        }.sorted { $0.name < $1.name }
    }

    @Test(
        "of real guests come to the cause that the judge found",
        arguments: [
            ("5.10-return-value", "verifier-rejected"), ("5.10-loop-lookup", "verifier-rejected"), ("5.10-atomic-exchange", "verifier-rejected"),
            ("6.1-legacy", "attach-failed/no-cgroup2"),
            ("7.3-unmounted", "attach-failed/no-cgroup2"),
        ])
    func judged(name: String, code: String) throws {
        let diagnosis = Diagnosis(try Self.captured(name).filter { $0.name != "expect" })
        #expect(diagnosis.codes.first == code, "\(diagnosis.conclusions.map(\.summary))")
        #expect(diagnosis.conclusions.first?.confidence == .certain)
    }

    @Test("the verifier's log is explained down to the source line")
    func explained() throws {
        let first = try #require(Diagnosis(try Self.captured("5.10-return-value")).conclusions.first)
        #expect(first.summary.contains("does not allow in sock_addr programs. Mainline has bpf_get_retval#186 in sock_addr programs since 6.1"))
        #expect(first.findings.contains { $0.quote.contains("`if (GPA_ALREADY_REFUSED())`") })
    }

    static let verdict = """
        {"schema": 1, "guest": "debian-11", "release": "5.10.0-35-cloud-amd64", "verdict": "incompatible", "cause": "attach-failed/no-cgroup2", "fault": \
        "configuration",
         "summary": "cgroup v2 is mounted nowhere.", "findings": [{"quote": "ebpfProgramStatus: STOPPED", "source": "status.json"}]}
        """

    @Test("a recorded verdict is a witness, with the remedies of its distribution")
    func recorded() {
        let diagnosis = Field.diagnose(("verdict.json", Self.verdict))
        #expect(diagnosis.codes == ["attach-failed/no-cgroup2"])
        #expect(diagnosis.family == .debian)
        #expect(diagnosis.conclusions.first?.findings.contains { $0.quote == "ebpfProgramStatus: STOPPED" } == true)
    }

    @Test("a proven cell is healthy, although its unit was stopped at the end; without the verdict a stopped unit is not running")
    func provenCell() {
        let verdict = Self.verdict.replacing("incompatible", with: "compatible").replacing("\"attach-failed/no-cgroup2\"", with: "null").replacing(
            "\"configuration\"", with: "null")
        let state = "Id=azure-proxy-agent.service\nLoadState=loaded\nActiveState=inactive\nSubState=dead\n"
        #expect(Field.diagnose(("verdict.json", verdict), ("unit-state.txt", state)).outcome == .healthy)
        #expect(Field.diagnose(("unit-state.txt", state)).codes.first == "agent-not-running")
    }

    @Test("a verdict that its cause cannot have is not taken at its word")
    func edited() {
        let diagnosis = Field.diagnose(("verdict.json", Self.verdict.replacing("incompatible", with: "compatible")))
        #expect(diagnosis.outcome == .undetermined)
        #expect(diagnosis.warnings.contains { $0.contains("not taken at its word") })
    }

    @Test("a cause of a later version is named and not guessed")
    func later() {
        let diagnosis = Field.diagnose(("verdict.json", Self.verdict.replacing("attach-failed/no-cgroup2", with: "gravity-reversed")))
        #expect(diagnosis.conclusions.isEmpty)
        #expect(diagnosis.warnings.contains { $0.contains("gravity-reversed") })
    }

    @Test(
        "os-release says whose commands to type",
        arguments: [
            ("ID=sles\nPRETTY_NAME=\"SUSE Linux Enterprise Server 15 SP4\"\n", DistributionFamily.sles),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nNAME=\"Rocky Linux\"\n", .rhel),
            ("PRETTY_NAME=\"Ubuntu 20.04.6 LTS\"\nID=ubuntu\nID_LIKE=debian\n", .ubuntu), ("ID=azurelinux\nNAME=\"Microsoft Azure Linux\"\n", .azureLinux),
            ("ID=amzn\nNAME=\"Amazon Linux\"\n", .amazon),
        ])
    func family(text: String, family: DistributionFamily) throws {
        let diagnosis = Field.diagnose(("etc/os-release", text), ("status.json", try Field.article("attach-failure")))
        #expect(diagnosis.family == family)
    }

    @Test("a verifier's log within an agent's log is found")
    func withinLog() {
        let log =
            "2026-08-03 [ERROR] Failed to load program 'connect4' with error: the BPF_PROG_LOAD syscall failed. Verifier output: 0: (bf) r6 = r1\n1: "
            + "(85) call unknown#14\ninvalid func unknown#14\nprocessed 2 insns\n2026-08-03 [INFO] next\n"
        let diagnosis = Field.diagnose(("ProxyAgent.log", log))
        #expect(diagnosis.codes == ["verifier-rejected"])
        #expect(diagnosis.conclusions.first?.summary.contains("bpf_get_current_pid_tgid#14 in sock_addr programs since 5.7") == true)
    }

    @Test("what is known already is not asked for again")
    func known() throws {
        let explained = try #require(Diagnosis(try Self.captured("5.10-return-value")).conclusions.first)
        #expect(!explained.remedies(for: .debian).contains { $0.action.hasPrefix("Get the whole verifier log") })
        let cut = try #require(Field.diagnose(("status.json", try Field.article("load-failure"))).conclusions.first)
        #expect(cut.remedies(for: .debian).first?.action.hasPrefix("Get the whole verifier log") == true)
        #expect(Field.diagnose(("uname.txt", "6.1.0-44-cloud-amd64\n")).wanted == [.status, .unitStatus, .mounts, .agentLog])
    }

    @Test(
        "a machine that cannot hold the agent is known without the agent's word",
        arguments: [
            ("uname.txt", "5.4.0-1109-azure\n", "kernel-too-old"), ("filesystems.txt", "nodev\tsysfs\nnodev\tcgroup\nnodev\tcpuset\n", "cgroup2-unsupported"),
            ("mounts.txt", "proc on /proc type proc (rw)\ncgroup on /sys/fs/cgroup/cpu type cgroup (rw)\n", "attach-failed/no-cgroup2"),
        ])
    func environment(name: String, text: String, code: String) {
        let diagnosis = Field.diagnose((name, text))
        #expect(diagnosis.codes == [code])
        #expect(diagnosis.conclusions.first?.confidence == .likely)
    }

    @Test("nothing known is nothing concluded, and says what to send", arguments: ["", "hello\n", "The quick brown fox\nof mount cgroup2\n"])
    func nothing(text: String) {
        let diagnosis = Field.diagnose(("note.txt", text))
        #expect(diagnosis.outcome == .undetermined && diagnosis.facts.isEmpty)
        #expect(diagnosis.wanted.contains(.status))
    }

    @Test("the same files give the same diagnosis")
    func deterministic() throws {
        let files = try Self.captured("6.1-legacy")
        let conclusions = (0..<5).map { _ in Diagnosis(files).conclusions }
        #expect(conclusions.allSatisfy { $0 == conclusions[0] })
    }
}
