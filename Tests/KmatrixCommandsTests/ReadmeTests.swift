import ArgumentParser
import CellExpectations
import EvidenceStore
import Foundation
import MatrixModel
import Testing

@testable import KmatrixCommands

/// What the README says is what the program does.
@Suite("The README")
struct ReadmeTests {
    static let text: String = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return (try? String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)) ?? ""
    }()

    static let commands = text.split(separator: "\n").filter { $0.hasPrefix("    ci/kmatrix ") }.map { String($0.dropFirst("    ci/kmatrix ".count)) }

    @Test("has commands")
    func some() { #expect(Self.commands.count >= 6) }

    @Test("shows commands that the program understands", arguments: commands)
    func parses(command: String) throws {
        // Quotes are the only thing of a shell's syntax that the examples use.
        let words = command.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
        }
        #expect(throws: Never.self) { try RootCommand.parseAsRoot(words) }
    }

    @Test("shows expectations that can be read")
    func expectations() throws {
        let example = try #require(Self.text.firstMatch(of: /```yaml\n(expectations:\n(?s:.*?))```/)?.1)
        let expectations = try Expectations(parsing: String(example), source: "README.md", today: CalendarDay(parsing: "2026-11-24"))
        #expect(expectations.entries.map(\.cause) == [.verifierRejected])
    }

    @Test("shows a matrix that can be read")
    func matrix() throws {
        let example = try #require(Self.text.firstMatch(of: /```yaml\n(name:\n?(?s:.*?))```/)?.1)
        let matrix = try MatrixFile(parsing: String(example), source: "README.md")
        #expect(matrix.blocks.count == 2 && matrix.exclusions.count == 1)
    }

    @Test("explains every change", arguments: RunComparison.Kind.allCases)
    func changes(kind: RunComparison.Kind) { #expect(Self.text.contains("`\(kind.rawValue)`")) }

    @Test("explains every verdict", arguments: Verdict.allCases)
    func verdicts(verdict: Verdict) { #expect(Self.text.contains("| `\(verdict.rawValue)` |")) }

    @Test("explains every cause", arguments: Cause.allCases)
    func causes(cause: Cause) { #expect(Self.text.contains("`\(cause.rawValue)`")) }

    @Test("explains every layout", arguments: CgroupLayout.allCases)
    func layouts(layout: CgroupLayout) { #expect(Self.text.contains("| `\(layout.rawValue)` |")) }
}
