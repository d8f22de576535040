import Diagnosis
import Foundation
import Guidance
import SupportBundles
import SystemPackage
import TestSupport
import Testing

/// What a machine's owner could send of cells whose causes are known: the agent's files, the kernel's log and its configuration, and neither
/// the clients' story nor the platform's.
@Suite("Captured cells, as a machine's owner would send them")
struct CapturedCellTests {
    private static let causes = Repository.root.appending(path: "Tests/MatrixRunnerTests/Evidence/causes")
    private static let unseen: Set<String> = ["attempt.json", "clients.json", "fabric.jsonl", "status-final.json", "status-restarted.json", "verdict.json"]

    /// By the captured cell: the first cause that is likely or certain. Of what only the platform can see nothing may be named.
    static let answers: [String: String] = [
        "agent-crashed--crashes": "agent-not-healthy", "agent-status-broken--script": "agent-status-broken",
        "attach-failed_other--opens-wrong-folder": "attach-failed/no-cgroup2",
        "key-not-latched--requests-no-key": "agent-not-healthy", "listener-failed--cannot-listen": "listener-failed", "load-failed--no-bpf": "kernel-config",
        "load-failed--no-cgroup-bpf": "kernel-config", "map-not-created--6.1-later-map": "map-not-created", "no-btf--no-kprobes-kprobe-audit": "no-btf",
        "scenario-contradicted--reports-disabled": "msp-not-applied",
    ]

    /// Faults that only the platform and the clients can see.
    static let silent = [
        "agent-silent--script", "dual-stack-not-redirected--ipv4-only", "events-lost--few-entries", "key-lost-on-restart--forgets-key",
        "misattributed--claims-root",
        "not-forwarded--forwards-nothing", "not-redirected--leaves-imds", "redirected-too-much--any-address", "requests-unsigned--forwards-unsigned",
        "signature-wrong--signs-with-wrong-key", "status-contradicted--reports-error", "wrongly-allowed--ignores-rules", "wrongly-denied--6.1-denies-allowed",
    ]

    @Test("come to what their files show, and to nothing else", arguments: CapturedCellTests.answers.keys.sorted() + CapturedCellTests.silent)
    func captured(cell: String) async throws {
        let folder = try TemporaryFolder()
        let source = Self.causes.appending(path: cell)
        for name in try FileManager.default.contentsOfDirectory(atPath: source.path) where !Self.unseen.contains(name) {
            try FileManager.default.copyItem(atPath: source.appending(path: name).path, toPath: folder.path.appending(name).string)
        }
        let diagnosis = Diagnosis(try await BundleReader().read(folder.path).files)
        let sure = diagnosis.conclusions.filter { $0.confidence > .possible }
        #expect(sure.first?.guide.code == Self.answers[cell], "\(cell): \(sure.map(\.summary))")
    }
}
