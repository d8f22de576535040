import Foundation
import GuestProtocol
import Judgement
import MatrixModel
import TestSupport
import Testing

@testable import Probes

/// Evidence as real guests left it: a folder each, with what must come of it in `expect` (the cause, then words of the finding).
@Suite("Captured evidence")
struct CapturedEvidenceTests {
    static let root = Bundle.module.bundleURL.appending(path: "Evidence")
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: root.path(percentEncoded: false))) ?? []).sorted()

    @Test("there is some")
    func some() { #expect(Self.names.count >= 6) }

    @Test("is judged as it must be", arguments: names)
    func judged(name: String) throws {
        let folder = Self.root.appending(path: name)
        let expected = try String(contentsOf: folder.appending(path: "expect"), encoding: .utf8).split(separator: "\n").map(String.init)
        let judgement = Judgement(evidence: Self.evidence(in: folder))
        #expect(judgement.cause?.rawValue == expected[0], "\(judgement.summary)")
        #expect(judgement.findings.contains { $0.quote.contains(expected[1]) }, "\(judgement.findings)")
    }

    @Test("of a kernel that was well has no trouble on its console", arguments: names.filter { !$0.hasPrefix("panic") })
    func clean(name: String) throws {
        let console = try Data(contentsOf: Self.root.appending(path: name).appending(path: "console.log"))
        #expect(console.count > 1000)
        #expect(ConsoleClassifier.sightings(in: Array(console)).isEmpty)
    }

    /// What the guest says may be damaged or forged: it never makes a cell that failed work, and what it says is quoted within bounds.
    @Test("with damage is judged all the same, and never better", arguments: names, fuzzSeeds(1))
    func damaged(name: String, seed: UInt64) {
        let whole = Self.evidence(in: Self.root.appending(path: name))
        for item in whole.items.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            for bytes in DamagedSamples(of: [whole.items[item]?.bytes ?? []], seed: seed, count: 15) {
                var evidence = whole
                evidence.items[item] = CellEvidence.Item(bytes: bytes, length: UInt64(bytes.count))
                Self.expectWorse(Judgement(evidence: evidence))
            }
        }
        for bytes in DamagedSamples(of: [whole.console], seed: seed, count: 15) {
            var evidence = whole
            evidence.console = bytes
            Self.expectWorse(Judgement(evidence: evidence))
        }
    }

    private static func expectWorse(_ judgement: Judgement) {
        #expect(judgement.verdict == .incompatible || judgement.verdict == .inconclusive)
        #expect(judgement.findings.allSatisfy { $0.quote.utf8.count <= 4096 })
    }

    private static func evidence(in folder: URL) -> CellEvidence {
        func bytes(_ name: String) -> [UInt8]? { (try? Data(contentsOf: folder.appending(path: name))).map(Array.init) }
        var evidence = CellEvidence(layout: .unified, expectation: ScenarioExpectation(status: "SUCCESS"), fate: .endedEarly)
        evidence.console = bytes("console.log") ?? []
        let items: [(EvidenceItem, String)] = [
            (.status, "status.json"), (.verifierLog, "verifier.log"), (.mountInfo, "mountinfo"), (.filesystems, "filesystems"), (.kernelBTF, "btf"),
        ]
        for (item, name) in items {
            guard let content = bytes(name) else { continue }
            evidence.items[item] = CellEvidence.Item(bytes: content, length: UInt64(content.count))
        }
        // A guest that wrote a status came to its farewell.
        if evidence.items[.status] != nil {
            evidence.fate = .poweredOff
            evidence.hello = GuestHello(release: "captured", machine: "x86_64", uptimeMilliseconds: 0)
            evidence.phases = Set(GuestPhase.allCases)
            evidence.journal = []
        }
        return evidence
    }
}
