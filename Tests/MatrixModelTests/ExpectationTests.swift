import MatrixModel
import Testing

@Suite("What is documented of a cell")
struct ExpectationTests {
    private static let series = KernelSeries(major: 6, minor: 12)

    @Test("of a deployment follows the article's table")
    func deployments() {
        func documented(_ deployment: Deployment, _ cloudInit: String?, _ layout: CgroupLayout = .unified) -> MatrixModel.Expectation {
            MatrixModel.Expectation(series: Self.series, layout: layout, deployment: deployment, cloudInit: cloudInit.flatMap(CloudInitVersion.init))
        }
        #expect(documented(.missing, "22.4.2") == .unsupported)
        #expect(documented(.missing, "25.1.4") == .unsupported)
        #expect(documented(.installed, "22.4.2") == .unsupported)
        #expect(documented(.installed, "24.3") == .supported)
        #expect(documented(.installed, nil) == .supported)
        #expect(documented(.installed, "25.1.4", .legacy) == .unsupported)
        #expect(documented(.broken, "25.1.4") == .unsupported)
        #expect(documented(.installedUnasked, "25.1.4") == .unstated)
        #expect(documented(.missingUnasked, "22.4.2") == .unstated)
    }

    @Test("takes cloud-init's version as packages and logs write it")
    func versions() throws {
        for (text, waits) in [("20.4.1", false), ("24.2", false), ("24.3", true), ("24.10", true), ("25.1.4-1+deb13u1", true), ("26.2", true)] {
            #expect(try #require(CloudInitVersion(text)).waitsForAgent == waits, "\(text)")
        }
        for text in ["", "25", "x25.1", "25.", "99999999999999999999.1"] { #expect(CloudInitVersion(text) == nil, "\(text)") }
        #expect(try #require(CloudInitVersion("24.10")) > #require(CloudInitVersion("24.9")))
    }
}
