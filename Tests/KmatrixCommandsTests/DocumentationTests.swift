import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import StrictYAML
import TestSupport
import Testing

@testable import KmatrixCommands

/// README and articles say what the program does: commands parse, examples load, links resolve, and no name is missing.
@Suite("The documentation")
struct DocumentationTests {
    struct Page: Sendable, CustomTestStringConvertible {
        let url: URL
        let text: String

        var testDescription: String { url.lastPathComponent }
        var name: String { url.deletingPathExtension().lastPathComponent }

        /// Lines of code that start `kmatrix`, without a comment.
        var commands: [String] {
            text.split(separator: "\n").compactMap { $0.firstMatch(of: /^    (?:[a-z]+ -o \| )?(?:ci\/)?kmatrix ([^#|]*)/).map { String($0.1) } }
        }

        /// What its links name: files, addresses, and articles as `doc:Name`.
        var links: [String] { text.matches(of: /\]\(([^)]+)\)/).map { String($0.1) } + text.matches(of: /<(doc:[A-Za-z]+)>/).map { String($0.1) } }

        func fences(_ language: String) -> [String] { text.matches(of: /(?m)^```(\w*)\n((?s:.*?))^```$/).filter { $0.1 == language }.map { String($0.2) } }
    }

    static let catalogue = Repository.root.appending(path: "Sources/KmatrixCommands/kmatrix.docc")
    static let readme = page(Repository.root.appending(path: "README.md"))
    static let articles = files(in: catalogue.appending(path: "Articles")).map(page)
    static let pages = [readme, page(catalogue.appending(path: "kmatrix.md"))] + articles
    static let commands = pages.flatMap(\.commands)

    private static func page(_ url: URL) -> Page { Page(url: url, text: (try? String(contentsOf: url, encoding: .utf8)) ?? "") }

    private static func files(in folder: URL) -> [URL] {
        ((try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []).sorted { $0.path < $1.path }
    }

    private static func article(_ name: String) throws -> Page { try #require(articles.first { $0.name == name }) }

    @Test("is there")
    func some() {
        #expect(Self.articles.count >= 20)
        #expect(Self.readme.commands.count >= 10 && Self.commands.count >= 30)
        #expect(Self.pages.allSatisfy { $0.text.hasPrefix("# ") })
    }

    @Test("has a README of 120 lines at most, with a command in the first ten")
    func short() {
        let lines = Self.readme.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 121, "the last line ends with a line break")
        #expect(lines.prefix(10).contains { $0.hasPrefix("    ci/kmatrix run") })
    }

    @Test("shows commands that the program understands", arguments: commands)
    func parses(command: String) throws {
        // Quotes are the only shell syntax in the examples.
        let words = command.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
        }
        #expect(throws: Never.self) { try RootCommand.parseAsRoot(words) }
    }

    @Test("has links that lead somewhere", arguments: pages)
    func links(page: Page) throws {
        for link in page.links where !link.hasPrefix("https://") {
            if link.hasPrefix("doc:") {
                #expect(Self.articles.contains { $0.name == link.dropFirst(4) }, "\(link)")
            } else {
                #expect(FileManager.default.fileExists(atPath: page.url.deletingLastPathComponent().appending(path: link).standardized.path), "\(link)")
            }
        }
    }

    @Test("lists every article once")
    func listed() {
        let listed = Self.pages[1].links.filter { $0.hasPrefix("doc:") }
        #expect(listed.sorted() == Self.articles.map { "doc:\($0.name)" }.sorted())
    }

    @Test("names files that are in the repository", arguments: pages)
    func paths(page: Page) throws {
        for match in page.text.matches(of: /`((?:ci|images|bpf|Sources|Tests)\/[A-Za-z0-9_.\/-]*)/) {
            #expect(FileManager.default.fileExists(atPath: Repository.root.appending(path: String(match.1)).path), "\(match.1)")
        }
    }

    @Test("names sources by target and file that are there", arguments: articles)
    func sources(page: Page) {
        for match in page.text.matches(of: /`([A-Za-z-]+\/[A-Za-z\/+]+\.swift)`/) {
            let places = ["Sources/", ""].map { Repository.root.appending(path: $0 + match.1) }
            #expect(places.contains { FileManager.default.fileExists(atPath: $0.path) }, "\(page.name): \(match.1)")
        }
    }

    @Test("shows expectations that can be read")
    func expectations() throws {
        let example = try #require(try Self.article("Expectations").fences("yaml").first)
        let expectations = try Expectations(parsing: example, source: "Expectations.md", today: CalendarDay(parsing: "2026-11-24"))
        #expect(expectations.entries.map(\.cause) == [.verifierRejected])
    }

    @Test("shows a matrix that can be read")
    func matrix() throws {
        let example = try #require(try Self.article("Matrices").fences("yaml").first)
        let matrix = try MatrixFile(parsing: example, source: "Matrices.md")
        #expect(matrix.blocks.count == 2 && matrix.exclusions.count == 1)
    }

    @Test("explains every change", arguments: RunComparison.Kind.allCases)
    func changes(kind: RunComparison.Kind) throws { #expect(try Self.article("History").text.contains("`\(kind.rawValue)`")) }

    @Test("explains every verdict", arguments: Verdict.allCases)
    func verdicts(verdict: Verdict) throws { #expect(try Self.article("Verdicts").text.contains("| `\(verdict.rawValue)` |")) }

    @Test("explains every cause", arguments: Cause.allCases)
    func causes(cause: Cause) throws { #expect(try Self.article("Verdicts").text.contains("`\(cause.rawValue)`")) }

    @Test("explains every proof and its states")
    func proofs() throws {
        let text = try Self.article("Proofs").text
        for proof in ProofID.known { #expect(text.contains("`\(proof)`")) }
        for state in ProofState.allCases { #expect(text.contains("| `\(state.rawValue)` |")) }
    }

    @Test("explains every layout", arguments: CgroupLayout.allCases)
    func layouts(layout: CgroupLayout) throws { #expect(try Self.article("Selectors").text.contains("| `\(layout.rawValue)` |")) }

    @Test("explains every deployment", arguments: Deployment.allCases)
    func deployments(deployment: Deployment) throws { #expect(try Self.article("Deployments").text.contains("| `\(deployment.rawValue)` |")) }

    @Test("explains every profile, with its kernel arguments or who has such a processor", arguments: BootProfile.allCases)
    func profiles(profile: BootProfile) throws {
        let owners = Architecture.allCases.filter { $0.profiles.contains(profile) }
        let means =
            profile.kernelArguments.isEmpty
            ? "a processor of \(owners.map(\.rawValue).joined(separator: ", ")) with " : "`\(profile.kernelArguments.joined(separator: " "))` |"
        #expect(try Self.article("Profiles").text.contains("| `\(profile.rawValue)` | \(means)"))
    }

    @Test("explains every scenario")
    func scenarios() throws {
        let text = try Self.article("Scenarios").text
        let scenarios = Self.files(in: Repository.root.appending(path: "images/scenarios")).filter { $0.pathExtension == "yml" }
        #expect(scenarios.count > 10)
        for scenario in scenarios { #expect(text.contains("`\(scenario.deletingPathExtension().lastPathComponent)`")) }
    }

    @Test("embeds every topic of help as an article")
    func topics() throws {
        for topic in HelpTopic.all { #expect(Self.articles.contains { Array($0.text.utf8) == topic.article }, "\(topic.name)") }
    }
}
