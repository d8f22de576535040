import MatrixModel
import Testing

@Suite("What is documented of a cell")
struct DocumentedSupportTests {
    private static let series = KernelSeries(major: 6, minor: 12)

    @Test("of a deployment follows the article's table")
    func deployments() {
        func documented(_ deployment: Deployment, _ cloudInit: String?, _ layout: CgroupLayout = .unified) -> DocumentedSupport {
            DocumentedSupport(series: Self.series, layout: layout, deployment: deployment, cloudInit: cloudInit.flatMap(CloudInitVersion.init))
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

    private static func claim(_ source: String, _ says: DocumentedClaim.Support, about subject: String = "rocky-9") throws -> DocumentedClaim {
        DocumentedClaim(source: source, title: source, date: try CalendarDay(parsing: "2026-06-24"), address: nil, subject: subject, says: says)
    }

    @Test(
        "follows the claims about its distribution, and a promise outweighs the floor",
        arguments: [
            // RHEL 9: the README promises 5.14, which is below the article's floor.
            ("5.14", [DocumentedClaim.Support.supported, .planned, .unsupported], DocumentedSupport.supported),
            ("5.14", [.tested, .unsupported], .supported),
            // Debian 12: the gate refuses it, the article names its kernel.
            ("6.1", [.unsupported, .supported], .supported), ("5.10", [.unsupported, .unsupported], .unsupported), ("6.12", [.unsupported], .unsupported),
            // An announcement says nothing about today.
            ("5.14", [.planned], .unsupported), ("6.1", [.planned], .supported), ("5.10", [], .unsupported), ("5.15", [], .supported),
        ])
    func claims(series: String, says: [DocumentedClaim.Support], expected: DocumentedSupport) throws {
        let documentation = CellDocumentation(distribution: "rocky-9", defaultLayout: .unified, claims: try says.map { try Self.claim("readme", $0) })
        func documented(_ layout: CgroupLayout) throws -> DocumentedSupport {
            DocumentedSupport(series: try KernelSeries(parsing: series), layout: layout, documentation: documentation)
        }
        #expect(try documented(.unified) == expected)
        #expect(try documented(.hybrid) == expected)
        #expect(try documented(.legacy) == .unsupported)
        #expect(try documented(.elsewhere) == .unstated)
    }

    @Test("covers the layout that a distribution boots with, cgroup v2 or not")
    func defaultLayout() throws {
        let series = KernelSeries(major: 4, minor: 18)
        for (says, expected) in [(DocumentedClaim.Support.supported, DocumentedSupport.supported), (.unsupported, .unsupported)] {
            let documentation = CellDocumentation(distribution: "rocky-8", defaultLayout: .legacy, claims: [try Self.claim("readme", says)])
            #expect(DocumentedSupport(series: series, layout: .legacy, documentation: documentation) == expected)
            #expect(DocumentedSupport(series: series, layout: .unmounted, documentation: documentation) == .unsupported)
        }
    }

    @Test("says when sources contradict each other")
    func contradictions() throws {
        #expect(try [Self.claim("readme", .supported), Self.claim("gate", .unsupported)].contradictEachOther)
        #expect(try ![Self.claim("readme", .supported), Self.claim("tests", .tested), Self.claim("overview", .planned)].contradictEachOther)
        #expect(try ![Self.claim("gate", .unsupported)].contradictEachOther)
        #expect(![DocumentedClaim]().contradictEachOther)
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
