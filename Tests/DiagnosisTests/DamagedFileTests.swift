import Diagnosis
import Foundation
import Guidance
import MatrixModel
import TestSupport
import Testing

@Suite("Files with damage")
struct DamagedFileTests {
    @Test("are diagnosed, by what they still say", arguments: fuzzSeeds(2))
    func files(seed: UInt64) throws {
        let samples =
            try ["systemctl-status", "attach-failure", "sc-query", "load-failure"].map { Array(try Field.article($0).utf8) }
            + [Array(try Field.status().utf8), Array(try Field.status(overall: "ERROR", ebpf: ("STOPPED", "Failed to attach program")).utf8)]
        for (number, bytes) in DamagedSamples(of: samples, seed: seed, count: 200).enumerated() {
            let file = BundleFile(name: ["status.json", "ProxyAgent.log", "pasted"][number % 3], bytes: bytes)
            let lines = String(decoding: bytes, as: UTF8.self)
            for conclusion in Diagnosis([file]).conclusions {
                // What is certain quotes what is there.
                #expect(conclusion.confidence != .certain || !conclusion.findings.isEmpty, "\(conclusion.guide.code): \(lines)")
                #expect(conclusion.findings.allSatisfy { $0.quote.utf8.count <= 4096 })
            }
        }
    }
}
