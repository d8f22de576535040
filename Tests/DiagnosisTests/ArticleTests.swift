import Diagnosis
import Guidance
import MatrixModel
import Testing

/// The failures of the article, from the article's own examples.
@Suite("Failures of the article")
struct ArticleTests {
    @Test("a load failure as the article shows it, without brackets and cut off, is the verifier's")
    func load() throws {
        let diagnosis = Field.diagnose(("status.json", try Field.article("load-failure")))
        let first = try #require(diagnosis.conclusions.first)
        #expect(first.guide.code == "verifier-rejected" && first.confidence == .certain)
        #expect(first.findings.contains { $0.source == "status.json" && $0.quote.contains("ebpfProgramStatus: STOPPED: Failed to load program 'connect4'") })
        #expect(first.wanted == [.verifierLog, .kernelRelease])
        // Which kernel it was nobody said.
        #expect(diagnosis.conclusion("kernel-too-old")?.confidence == .possible)
        #expect(first.guide.article == .loadFailure)
    }

    @Test(
        "with the kernel's release beside it, the floor speaks",
        arguments: [
            ("5.4.0-1109-azure", true), ("5.10.0-56-cloud-amd64", true), ("4.18.0-553.el8_10.x86_64", true), ("5.15.0-1", false),
            ("6.1.0-44-cloud-amd64", false),
        ])
    func floor(release: String, isOld: Bool) throws {
        let diagnosis = Field.diagnose(("status.json", try Field.article("load-failure")), ("uname.txt", release + "\n"))
        #expect(diagnosis.facts.release?.value == release)
        #expect((diagnosis.conclusion("kernel-too-old") != nil) == isOld)
        #expect(diagnosis.codes.first == "verifier-rejected")
    }

    @Test("an attach failure alone is likely a missing mount, and says what would prove it")
    func attach() throws {
        let diagnosis = Field.diagnose(("-", try Field.article("attach-failure")))
        let first = try #require(diagnosis.conclusions.first)
        #expect(first.guide.code == "attach-failed/no-cgroup2" && first.confidence == .likely)
        #expect(first.wanted.first == .mounts)
        // Nothing tells the distribution: RHEL's commands are no answer to that.
        #expect(diagnosis.family == .other && first.remedies(for: .other).first?.commands.contains("sudo mount -t cgroup2 none /mnt/cgroup2") == true)
        #expect(first.remedies(for: .rhel).first?.commands.first == "sudo grubby --update-kernel=ALL --args=\"systemd.unified_cgroup_hierarchy=1\"")
    }

    @Test(
        "the article's two commands, pasted beside it, settle it",
        arguments: [
            ("$ grep cgroup /proc/filesystems\nnodev\tcgroup\nnodev\tcgroup2\n$ mount | grep cgroup2\n$ \n", "attach-failed/no-cgroup2"),
            ("[root@vm ~]# grep cgroup /proc/filesystems\nnodev   cgroup\n[root@vm ~]# uname -r\n4.4.0-21-generic\n", "cgroup2-unsupported"),
            ("user@vm:~$ mount | grep cgroup2\ncgroup2 on /sys/fs/cgroup type cgroup2 (rw,nosuid,nodev,noexec,relatime,nsdelegate)\n", "attach-failed/other"),
        ])
    func pasted(text: String, code: String) throws {
        let diagnosis = Field.diagnose(("-", try Field.article("attach-failure") + text))
        #expect(diagnosis.codes.first == code, "\(diagnosis.conclusions)")
    }

    @Test("drivers that run are no cause, as the article shows them")
    func drivers() throws {
        let diagnosis = Field.diagnose(("sc.txt", try Field.article("sc-query")))
        #expect(diagnosis.facts.services.count == 2)
        #expect(diagnosis.conclusions.isEmpty && diagnosis.outcome == .undetermined)
    }

    @Test("a driver that does not run is one", arguments: ["eBPFCore", "NetEbpfExt"])
    func stopped(name: String) throws {
        var text = try Field.article("sc-query")
        let range = try #require(text.firstRange(of: "SERVICE_NAME: \(name)"))
        let state = try #require(text[range.upperBound...].firstRange(of: "4 RUNNING"))
        text.replaceSubrange(state, with: "1 STOPPED")
        let diagnosis = Field.diagnose(("sc.txt", text))
        #expect(diagnosis.codes == ["windows-drivers-not-running"])
        #expect(diagnosis.conclusions.first?.summary.hasPrefix("\(name) is STOPPED") == true)
    }

    @Test("a driver that is not installed is told from one that stands still, also in PowerShell's UTF-16")
    func notInstalled() {
        let text =
            "C:\\>sc query NetEbpfExt\r\n[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n\r\nThe specified service does not exist as an "
            + "installed service.\r\n"
        let bytes: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { unit -> [UInt8] in [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        let diagnosis = Diagnosis([BundleFile(name: "sc.txt", bytes: bytes)])
        #expect(diagnosis.conclusions.first?.summary.hasPrefix("NetEbpfExt is not installed") == true)
    }

    @Test("an agent that runs, as the article shows it, is no cause")
    func running() throws {
        let diagnosis = Field.diagnose(("-", try Field.article("systemctl-status")))
        #expect(diagnosis.facts.unit?.value == .running)
        #expect(diagnosis.conclusions.isEmpty)
    }

    @Test(
        "an agent that does not run, and one that is not there",
        arguments: [
            ("Active: inactive (dead)", "agent-not-running"), ("Active: failed (Result: exit-code) since Fri 2024-09-13", "agent-not-running"),
            ("Active: activating (auto-restart) (Result: exit-code)", "agent-not-running"),
            ("Loaded: not-found (Reason: Unit azure-proxy-agent.service not found.)", "agent-not-installed"),
        ])
    func unit(line: String, code: String) {
        let diagnosis = Field.diagnose(
            ("-", "# systemctl status azure-proxy-agent.service\n○ azure-proxy-agent.service - Microsoft Azure GuestProxyAgent\n     \(line)\n"))
        #expect(diagnosis.codes.first == code)
        #expect(diagnosis.conclusions.first?.findings.first?.quote.hasPrefix(String(line.prefix(20))) == true)
    }

    @Test("another unit's state says nothing of the agent's")
    func otherUnit() {
        let diagnosis = Field.diagnose(("-", "● ssh.service - OpenBSD Secure Shell server\n     Active: failed (Result: exit-code)\n"))
        #expect(diagnosis.outcome == .undetermined)
    }

    @Test(
        "the rows of the deployment table",
        arguments: [
            (
                "Cloud-init v. 22.4.2 running 'init-local'\nReporting ready to Azure fabric.\nLinux.OSProvisioningInternalError\n", "readyWithoutKey",
                "ready-without-key"
            ),
            (
                "Cloud-init v. 24.4-0ubuntu1 running 'init-local'\nFailed to activate Azure Guest Proxy Agent: azure-proxy-agent not found\n", "row 2",
                "agent-not-installed"
            ),
            (
                "Cloud-init v. 25.1.4 running 'init-local'\nresult=error reason=azure-proxy-agent status failure exit_code=1\n", "row 4",
                "provisioning-agent-unhealthy"
            ),
            ("Cloud-init v. 20.4.1 running 'init'\nProvisionGuestProxyAgent: True\n", "old, and the agent was asked for", "cloud-init-too-old"),
        ])
    func deployment(log: String, row: String, code: String) {
        #expect(Field.diagnose(("cloud-init.log", log)).codes.first == code, "\(row)")
    }

    @Test(
        "a version of cloud-init alone is no cause: packages with back-ports wait too, and nobody may have asked for the agent",
        arguments: [
            "Cloud-init v. 20.4.1 running 'init'\n", "Cloud-init v. 23.3-7.cm2 running 'init-local'\nProvisionGuestProxyAgent: True\n",
            "ci-info: cloud-init 22.4.2\nProvisionGuestProxyAgent: False\n",
        ])
    func versionAlone(log: String) { #expect(Field.diagnose(("cloud-init.log", log)).conclusions.isEmpty) }

    @Test("an enabled protocol that is not applied")
    func notApplied() throws {
        let diagnosis = Field.diagnose(("status.json", try Field.status(key: "Customer has not enforce the secure channel state. - 12", state: "disabled")))
        #expect(diagnosis.codes == ["msp-not-applied"])
        #expect(diagnosis.conclusions.first?.wanted == [.keyStatus])
    }
}
