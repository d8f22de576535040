import Foundation
import MatrixModel
import StrictYAML
import Testing

@testable import KernelCatalogue

@Suite("The catalogue of distributions")
struct DistributionCatalogueTests {
    static func ours() throws -> DistributionCatalogue {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../images/catalogue.yml").standardized
        return try DistributionCatalogue(parsing: String(contentsOf: file, encoding: .utf8), source: "catalogue.yml")
    }

    static let entry = """
        distributions:
          mine-1:
            title: Mine
            repository: { kind: debian, suite: mine }
            kernel: { flavour: cloud-amd64, series: "6.1" }
            systemd: "252"
            cloud-init: 22.4.2
            claim: { support: unstated, source: nowhere }
            packages: [systemd]
        """

    @Test("ours can be read, and each names what it is made of")
    func shipped() throws {
        let catalogue = try Self.ours()
        #expect(Set(catalogue.distributions.map(\.name)).isSuperset(of: ["debian-11", "debian-12", "debian-13", "debian-testing", "debian-unstable"]))
        for distribution in catalogue.distributions {
            #expect(!distribution.title.isEmpty && !distribution.claim.source.isEmpty)
            guard !distribution.debianSuites.isEmpty else { continue }
            #expect(Set(distribution.packages).isSuperset(of: ["systemd", "cloud-init", "udev"]), "\(distribution.name)")
        }
    }

    @Test("names and globs choose", arguments: [
        ("debian-12", ["debian-12"]), ("debian-1?", ["debian-11", "debian-12", "debian-13"]), ("debian-[tu]*", ["debian-testing", "debian-unstable"]),
    ])
    func select(text: String, names: [String]) throws {
        #expect(try Self.ours().select(text).map(\.name) == names)
    }

    @Test("an unknown name says which there are")
    func unknown() throws {
        let error = try #require(throws: SelectorError.self) { try Self.ours().select("debian-9") }
        #expect(error.description.contains("debian-9") && error.description.contains("debian-11"))
    }

    @Test("what is wrong is said with its line", arguments: [
        ("title: Mine", "titel: Mine", 3, "titel"), ("kind: debian", "kind: floppy", 4, "kind"), ("support: unstated", "support: maybe", 8, "support"),
        ("series: \"6.1\"", "series: six", 5, "six"), ("packages: [systemd]", "packages: [\"a; rm\"]", 9, "packages"), ("mine-1:", "mine/1:", 3, "letters"),
        ("    title: Mine\n", "", 3, "title"),
    ])
    func errors(from: String, to: String, line: Int, word: String) throws {
        let text = Self.entry.replacing(from, with: to)
        #expect(text != Self.entry)
        let error = try #require(throws: YAMLError.self) { try DistributionCatalogue(parsing: text, source: "c.yml") }
        #expect(error.description.contains("c.yml:"))
        #expect(error.description.contains(word), "\(error)")
        #expect(error.line.map { abs($0 - line) <= 1 } == true, "\(error)")
    }
}
