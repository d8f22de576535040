import MatrixModel
import Testing

@Suite("A proof tier")
struct ProofTierTests {
    @Test("says how many clients a cell's burst has", arguments: CgroupLayout.allCases)
    func bursts(layout: CgroupLayout) {
        #expect(ProofTier.quick.burst(layout: layout, profile: nil) == 16)
        #expect(ProofTier.full.burst(layout: layout, profile: "lockdown-integrity") == 200)
        #expect(ProofTier.standard.burst(layout: layout, profile: nil) == (layout == .unified ? 200 : 16))
        #expect(ProofTier.standard.burst(layout: layout, profile: "lockdown-integrity") == 16)
    }
}
