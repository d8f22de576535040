import EvidenceStore
import Foundation
import MatrixModel
import TestSupport
import Testing

@testable import MatrixReport

/// The support table that is published with the sources is that of a stored run.
@Suite("The published support table")
struct PublishedCompatibilityTests {

    private static func text(_ path: String) throws -> String { try String(contentsOf: Repository.root.appending(path: path), encoding: .utf8) }

    private static func published() throws -> CompatibilityDocument {
        let data = try Data(contentsOf: Repository.root.appending(path: "images/compatibility/run.json"))
        return CompatibilityDocument(try JSONDecoder().decode(RunDocument.self, from: data))
    }

    @Test("is what its run gives: 'kmatrix report RUN --format compatibility' writes it")
    func document() throws {
        #expect(try Self.published().render() == Self.text("images/compatibility/COMPATIBILITY.md"))
    }

    @Test("is copied without a change", arguments: ["README.md"])
    func copies(path: String) throws {
        let text = try Self.text(path)
        let table = try Self.published().table
        let copied = text.split(separator: "\n").drop { !$0.hasPrefix("| distribution |") }.prefix { $0.hasPrefix("|") }.joined(separator: "\n")
        #expect(copied == table, "\(path) shows another table than images/compatibility/COMPATIBILITY.md")
    }

    @Test("names a machine's path nowhere, and states every release that was run")
    func content() throws {
        let run = try Self.text("images/compatibility/run.json")
        #expect(!run.contains("/home/") && !run.contains("/root/") && !run.contains("/tmp/"))
        let table = try Self.published().table
        for name in [
            "debian-11", "debian-12", "debian-13", "debian-testing", "debian-unstable", "ubuntu-20.04", "ubuntu-22.04", "ubuntu-24.04", "ubuntu-26.04",
        ] { #expect(table.contains("| \(name) |"), "\(name)") }
    }
}
