import GuestProtocol
import Judgement
import MatrixModel
import Testing

@testable import Probes

@Suite("A boot profile")
struct BootProfileTests {
    /// What the kernels of Debian say when the profile is in force.
    static let inForce: [(BootProfile, EvidenceItem, String)] = [
        (.lockdownIntegrity, .lockdown, "none [integrity] confidentiality\n"), (.lockdownConfidentiality, .lockdown, "none integrity [confidentiality]\n"),
        (.jitHarden, .jitHarden, "2\n"), (.jitOff, .jitEnable, "0\n"), (.noUnprivilegedBPF, .unprivilegedBPF, "1\n"),
        (.selinux, .securityModules, "lockdown,capability,landlock,yama,selinux,bpf\n"),
        (.apparmor, .securityModules, "lockdown,capability,landlock,yama,apparmor,tomoyo,bpf\n"),
    ]

    @Test("that is in force stands in nobody's way", arguments: inForce)
    func takenUp(profile: BootProfile, item: EvidenceItem, text: String) {
        var evidence = Samples.compatible()
        evidence.profile = profile
        evidence.items[item] = Samples.item(text)
        #expect(Judgement(evidence: evidence).verdict == .compatible, "\(Judgement(evidence: evidence))")
    }

    /// As Debian's 6.12 prints it on QEMU's "max" with memory tagging.
    static let detected = """
        [    0.015372] CPU features: detected: Address authentication (IMP DEF algorithm)\r
        [    0.015424] CPU features: detected: Branch Target Identification\r
        [    0.018211] CPU features: detected: Memory Tagging Extension\r

        """

    @Test("of the processor is in force when the kernel found it there", arguments: [BootProfile.branchProtection, .memoryTagging])
    func processor(profile: BootProfile) {
        var evidence = Samples.compatible()
        evidence.profile = profile
        evidence.console += Array(Self.detected.utf8)
        #expect(Judgement(evidence: evidence).verdict == .compatible, "\(Judgement(evidence: evidence))")
    }

    @Test(
        "of the processor is not in force where the kernel found a part of it only, or a program says so",
        arguments: [
            "[    0.015424] CPU features: detected: Branch Target Identification", "CPU features: detected: Memory Tagging Extension",
            "[    0.1] agent: CPU features: detected: Memory Tagging Extension", "[    0.1] CPU features: kernel page table isolation forced OFF",
        ])
    func partOfProcessor(line: String) {
        for profile in [BootProfile.branchProtection, .memoryTagging] {
            var evidence = Samples.compatible()
            evidence.profile = profile
            evidence.console += Array((line + "\n").utf8)
            let judgement = Judgement(evidence: evidence)
            #expect(judgement.cause == .profileNotOffered && judgement.findings.first?.source == "console.log", "\(judgement)")
        }
    }

    @Test("that the kernel did not take up is no verdict on the agent", arguments: BootProfile.allCases)
    func notTakenUp(profile: BootProfile) {
        var evidence = Samples.compatible()
        evidence.profile = profile
        for (item, text) in [
            (EvidenceItem.lockdown, "[none] integrity confidentiality\n"), (.jitHarden, "0\n"), (.jitEnable, "1\n"), (.unprivilegedBPF, "2\n"),
            (.securityModules, "capability,selinuxfs\n"),
        ] {
            evidence.items[item] = Samples.item(text)
        }
        let judgement = Judgement(evidence: evidence)
        #expect(judgement.cause == .profileNotOffered)
        #expect(judgement.verdict == .unavailable)
        #expect(judgement.findings.count == 1)
    }

    @Test("is absent where the kernel has no such file", arguments: BootProfile.allCases)
    func noFile(profile: BootProfile) {
        var evidence = Samples.compatible()
        evidence.profile = profile
        #expect(Judgement(evidence: evidence).findings.first?.quote.hasSuffix("absent") == true)
    }
}
