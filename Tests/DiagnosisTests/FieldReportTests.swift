import Diagnosis
import Foundation
import Guidance
import MatrixModel
import Testing

/// Public reports of the field with the answers that are right for them (`Field/Reports/CASES.tsv` says why).
@Suite("Reports of the field")
struct FieldReportTests {
    struct Report: Sendable, CustomTestStringConvertible {
        let file: String
        let outcome: Diagnosis.Outcome
        /// The first cause, nil where none may be named as likely or certain.
        let code: String?
        let confidence: Conclusion.Confidence?
        /// What the answer has to say.
        let says: [String]
        /// What it must not advise or say.
        let never: [String]

        var testDescription: String { file }

        init(
            _ file: String, _ outcome: Diagnosis.Outcome, _ code: String? = nil, _ confidence: Conclusion.Confidence? = nil, says: [String] = [],
            never: [String] = []
        ) {
            (self.file, self.outcome, self.code, self.confidence, self.says, self.never) = (file, outcome, code, confidence, says, never)
        }
    }

    static let upgrade = "Boot a kernel of series"

    static let reports: [Report] = [
        Report("02-azurelinux2-cloudinit-23.3-waits.log", .healthy, says: ["cloud-init waited for the agent"], never: ["cloud-init-too-old"]),
        Report(
            "09-cloudinit-gpa-status-failed-attach.log", .trouble, "provisioning-agent-unhealthy", .certain,
            says: ["row 4", "attach-failed/no-cgroup2", "Exit code 2"], never: [upgrade]),
        Report("10-explain-imds-mode-invalid.txt", .trouble, "control-plane-refused", .certain, says: ["Audit, Enforce or Disabled"]),
        Report(
            "12-success-with-stopped-key.json", .trouble, "agent-not-healthy", .certain,
            says: ["keyLatchStatus is STOPPED", "ebpfProgramStatus is UNKNOWN", "agent log"], never: [upgrade]),
        Report(
            "20-aya-link-create-ebadf-al2.txt", .trouble, "attach-failed/no-cgroup2", .likely, says: ["mount -t cgroup2", "Amazon Linux 2023"],
            never: ["grubby", upgrade]),
        Report("22-cilium-back-edge-4.19.txt", .trouble, "verifier-rejected", .certain, says: ["bounded loops since 5.3", "series 5.3"]),
        Report("22-cilium-back-edge-4.19.status.json", .trouble, "verifier-rejected", .certain, says: ["bounded loops since 5.3", "series 5.3"]),
        Report(
            "25-lockdown-bundle.tar.gz", .trouble, "lockdown", .certain,
            says: ["[confidentiality]", "lockdown=confidentiality", "Lockdown: azure-proxy-age", "since 5.5"], never: [upgrade]),
        Report(
            "26-falco-6.12-cannot-use-helper.txt", .trouble, "lockdown", .likely, says: ["lockdown", "/sys/kernel/security/lockdown"],
            never: [upgrade, "previous"]),
        Report("26-falco-6.12-cannot-use-helper.status.json", .trouble, "lockdown", .likely, says: ["withholds"], never: [upgrade]),
        Report("28-core-poison.txt", .trouble, "core-relocation-failed", .certain, never: [upgrade, "6.2"]),
        Report("28-core-poison-short.txt", .trouble, "core-relocation-failed", .certain, never: [upgrade, "6.2"]),
        Report("28-core-poison.status.json", .trouble, "core-relocation-failed", .certain, never: [upgrade, "6.2"]),
        Report(
            "33-journal-unbounded-4.18.log", .trouble, "verifier-rejected", .certain, says: ["unbounded memory access", "newest release of the agent"],
            never: [upgrade]),
        Report("33-journal-unbounded-4.18.status.json", .trouble, "verifier-rejected", .certain, says: ["unbounded memory access"], never: [upgrade]),
        Report("36-probe-loading-eperm.txt", .trouble, "missing-privilege", .likely, says: ["CAP_BPF"], never: [upgrade, "verifier-rejected"]),
        Report(
            "36-probe-loading-eperm.status.json", .undetermined, says: ["never verified", "capabilities"], never: [upgrade, "verifier-rejected", "breaks off"]),
        Report(
            "37-ringbuf-map-5.4.txt", .trouble, "map-not-created", .likely, says: ["ringbuf", "5.8", "never shown to the verifier"],
            never: ["verifier-rejected"]),
        Report("38-systemd-probe-noise.log", .undetermined, says: ["systemd tries"], never: ["no-cgroup2", "verifier-rejected"]),
        Report(
            "43-azure-6.8-empty-verifier-log.txt", .undetermined, says: ["6.8.0-1044-azure", "earlier kernel", "without a reason"],
            never: [upgrade, "kernel-too-old"]),
        Report(
            "43-azure-6.8-empty-verifier-log.status.json", .undetermined, says: ["without a reason"],
            never: [
                upgrade,
                "kernel-too-old "
                    + "(", "verifier-rejected",
            ]),
        Report("44-global-func-arg-5.10.txt", .trouble, "verifier-rejected", .certain, says: ["since 5.12", "series 5.12"]),
        Report("44-global-func-arg-5.10.status.json", .trouble, "verifier-rejected", .certain, says: ["since 5.12", "series 5.12"]),
        Report("48-no-cgroup-bpf.txt", .trouble, "kernel-config", .certain, says: ["CONFIG_CGROUP_BPF"], never: ["unified_cgroup_hierarchy", upgrade]),
        Report("60-al2-proc-mounts.txt", .trouble, "attach-failed/no-cgroup2", .likely, says: ["mount -t cgroup2"]),
        Report("63-slemicro-hybrid-mountinfo.txt", .undetermined, says: ["/sys/fs/cgroup/unified", "hybrid"], never: ["no-cgroup2"]),
        Report("70-rhel8-v2-on-4.18.txt", .trouble, "kernel-too-old", .likely, says: ["5.15", "version 2"]),
        Report("71-kylin-stat-tmpfs.txt", .trouble, "kernel-too-old", .likely, says: ["4.19", "legacy or hybrid"], never: ["(layout unified)"]),
        Report("73-dind-two-truths.log", .trouble, "attach-failed/no-cgroup2", .certain, says: ["where the agent runs"], never: [upgrade]),
    ]

    static func files(_ name: String) throws -> [BundleFile] {
        let folder = try #require(
            Bundle.module.url(forResource: variants.contains { $0.file == name } ? "Field/Variants" : "Field/Reports", withExtension: nil))
        let url = folder.appending(path: name)
        if name.hasSuffix(".tar.gz") { return try Field.archive(url) }
        return [BundleFile(name: name, bytes: Array(try Data(contentsOf: url)))]
    }

    /// Everything that an operator would read.
    static func words(_ diagnosis: Diagnosis) -> String {
        var lines: [String] = []
        for conclusion in diagnosis.conclusions {
            lines.append("\(conclusion.guide.code) (\(conclusion.confidence.name)): \(conclusion.summary)")
            lines += conclusion.findings.map(\.quote) + conclusion.wanted.map { "\($0.rawValue): \($0.command)" }
            lines += conclusion.remedies(for: diagnosis.family).flatMap { [$0.action, $0.note ?? ""] + $0.commands }
        }
        return (lines + diagnosis.remarks.map(\.text) + diagnosis.wanted.map { "\($0.rawValue): \($0.command)" }).joined(separator: "\n")
    }

    static func check(_ report: Report, _ diagnosis: Diagnosis, _ note: String = "") {
        let words = words(diagnosis)
        #expect(diagnosis.outcome == report.outcome, "\(note)\n\(words)")
        let sure = diagnosis.conclusions.filter { $0.confidence > .possible }
        #expect(sure.first?.guide.code == report.code && sure.first?.confidence == report.confidence, "\(note)\n\(words)")
        for part in report.says { #expect(words.contains(part), "\(note) lacks '\(part)'\n\(words)") }
        for part in report.never { #expect(!words.contains(part), "\(note) has '\(part)'\n\(words)") }
    }

    static let all = reports + variants

    @Test("are answered as they have to be", arguments: all)
    func answers(report: Report) throws { Self.check(report, Diagnosis(try Self.files(report.file))) }

    @Test("every file of the folders has its answer here", arguments: [("Reports", reports), ("Variants", variants)])
    func complete(folder: String, reports: [Report]) throws {
        let folder = try #require(Bundle.module.url(forResource: "Field/\(folder)", withExtension: nil))
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)).subtracting(["CASES.tsv"])
        #expect(names == Set(reports.map(\.file)))
    }

    // MARK: - Properties

    private static var single: [Report] { all.filter { !$0.file.hasSuffix(".tar.gz") } }

    @Test("are answered the same under any name", arguments: single)
    func renamed(report: Report) throws { #expect(FieldProperty.named(try Self.files(report.file)[0]) { Diagnosis($0) } == []) }

    /// A document is not a log: no logger splits it.
    @Test("are answered the same behind any prefix of lines", arguments: single.filter { !$0.file.hasSuffix(".json") })
    func prefixed(report: Report) throws { #expect(FieldProperty.prefixed(try Self.files(report.file)[0].text) { Diagnosis($0) } == []) }

    /// What is left of a journal of several programs may have nothing of the agent's: then nobody can know that another program speaks.
    private static let uncut: Set<String> = ["C-other-process.log"]

    @Test("cut off anywhere, at the end or at the beginning, are never answered wrongly", arguments: single.filter { !uncut.contains($0.file) })
    func cut(report: Report) throws { #expect(FieldProperty.cut(try Self.files(report.file)[0]) { Diagnosis($0) } == []) }

    @Test("no remedy contradicts its sentence: a newer kernel only where a feature is missing, or the kernel is below the floor", arguments: all)
    func remedies(report: Report) throws {
        let diagnosis = Diagnosis(try Self.files(report.file))
        #expect(FieldProperty.advised(diagnosis) { $0.remedies(for: diagnosis.family) } == [])
    }
}
