import GuestProtocol
import Judgement
import MatrixModel
import Testing

@testable import MatrixRunner

@Suite("The fact sheet")
struct KernelFactsTests {
    @Test("reads configuration symbols, and says n for what is not set")
    func symbols() {
        let config = "CONFIG_BPF=y\n# CONFIG_KPROBES is not set\nCONFIG_BPF_JIT=y\nCONFIG_OTHER=y\nCONFIG_PVH\n=\n"
        let values = KernelFacts.symbolValues(of: Array(config.utf8))
        #expect(values["CONFIG_BPF"] == "y")
        #expect(values["CONFIG_KPROBES"] == "n")
        #expect(values["CONFIG_OTHER"] == nil)
        #expect(values.count == KernelFacts.symbols.count)
    }

    @Test("without a configuration says nothing of symbols")
    func none() {
        let sheet = KernelFacts(
            evidence: CellEvidence(layout: .unified, expectation: ScenarioExpectation(status: "SUCCESS"), fate: .poweredOff), packagedConfiguration: nil)
        #expect(sheet.configuration == nil)
        #expect(sheet.hasBTF == nil)
    }

    @Test("is bounded, whatever the guest sends")
    func bounds() {
        var evidence = CellEvidence(layout: .unified, expectation: ScenarioExpectation(status: "SUCCESS"), fate: .poweredOff)
        evidence.items[.commandLine] = CellEvidence.Item(bytes: [UInt8](repeating: 0x41, count: 1 << 20), length: 1 << 20)
        evidence.items[.mountInfo] = CellEvidence.Item(
            bytes: [UInt8](repeating: 0x0A, count: 10) + Array(repeating: "x\n", count: 5000).joined().utf8, length: nil)
        let sheet = KernelFacts(evidence: evidence, packagedConfiguration: nil)
        #expect(sheet.commandLine?.count == 4096)
        #expect(sheet.mounts.count == 1024)
    }
}
