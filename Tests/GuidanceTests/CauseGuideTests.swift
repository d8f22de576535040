import Guidance
import MatrixModel
import Testing

@Suite("Guides to causes")
struct CauseGuideTests {
    @Test("every cause has a guide of its own, with symptom, proof and something to do", arguments: Cause.allCases)
    func matrix(cause: Cause) {
        let guide = CauseGuide(cause)
        #expect(guide.code == cause.rawValue)
        #expect(!guide.title.contains("not described"))
        #expect(!guide.symptom.isEmpty && !guide.proof.isEmpty && !guide.measures.isEmpty)
        // A guide that was copied and not rewritten serves two causes.
        #expect(CauseGuide.all.count { $0.title == guide.title } == 1)
    }

    @Test("every cause of the field has a guide with a link into the article", arguments: FieldCause.allCases)
    func field(cause: FieldCause) {
        let guide = CauseGuide(cause)
        #expect(guide.code == cause.rawValue)
        #expect(guide.article != nil)
        #expect(CauseGuide.all.count { $0.title == guide.title } == 1)
    }

    @Test("no two causes share a code, and each is found by it")
    func codes() {
        let codes = CauseGuide.all.map(\.code)
        #expect(Set(codes).count == codes.count)
        for code in codes { #expect(CauseGuide(code: code)?.code == code) }
        #expect(CauseGuide(code: "sunspots") == nil)
    }

    @Test("every section of the article that names a failure has a cause that links to it")
    func sections() {
        let linked = Set(CauseGuide.all.compactMap(\.article))
        #expect(linked == Set(ArticleSection.allCases))
    }

    @Test("what is the harness's fault never sends anyone to change a machine")
    func harness() {
        for cause in Cause.allCases where cause.fault == .harness && cause != .provisioningUnproven || cause.fault == .artefact {
            for family in DistributionFamily.allCases {
                #expect(CauseGuide(cause).remedies(for: family).allSatisfy { $0.place == .harness }, "\(cause)")
            }
        }
    }

    @Test("every cause has something to do in every family, and nothing twice")
    func remedies() {
        for guide in CauseGuide.all {
            for family in DistributionFamily.allCases {
                let remedies = guide.remedies(for: family)
                #expect(!remedies.isEmpty && Set(remedies).count == remedies.count, "\(guide.code) \(family)")
            }
        }
    }

    @Test("no remedy of a machine's cause sends its operator to options of kmatrix")
    func operators() {
        for cause in Cause.allCases where [.kernel, .configuration].contains(cause.fault) {
            for family in DistributionFamily.allCases {
                #expect(CauseGuide(cause).remedies(for: family).allSatisfy { $0.place != .harness }, "\(cause) \(family)")
            }
        }
    }

    @Test("a link is the article's address with the heading's anchor")
    func link() {
        #expect(ArticleSection.notApplied.link.hasSuffix("/troubleshoot-guide#msp-is-enabled-but-not-applied"))
        #expect(ArticleSection.attachFailure.link.hasSuffix("#failure-to-attach-cgroup-for-redirection"))
    }
}
