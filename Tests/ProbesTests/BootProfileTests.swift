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
        (.jitHarden, .jitHarden, "2\n"), (.noUnprivilegedBPF, .unprivilegedBPF, "1\n"),
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

    @Test("that the kernel did not take up is no verdict on the agent", arguments: BootProfile.allCases)
    func notTakenUp(profile: BootProfile) {
        var evidence = Samples.compatible()
        evidence.profile = profile
        for (item, text) in [
            (EvidenceItem.lockdown, "[none] integrity confidentiality\n"), (.jitHarden, "0\n"), (.unprivilegedBPF, "2\n"),
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
