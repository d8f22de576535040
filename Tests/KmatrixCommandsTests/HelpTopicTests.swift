import ArgumentParser
import Testing

@testable import KmatrixCommands

@Suite("Help topics")
struct HelpTopicTests {
    @Test("are plain text for 80 columns", arguments: HelpTopic.all.map(\.name))
    func width(name: String) throws {
        let topic = try #require(HelpTopic(named: name))
        #expect(topic.text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(topic.text.split(separator: "\n").filter { $0.count > 80 })")
        for mark in ["`", "<doc:", "|--", "```"] { #expect(!topic.text.contains(mark)) }
        #expect(topic.summary.count <= 64, "the overview gives a topic one line")
    }

    @Test("have names that no command has")
    func names() {
        let commands = CommandCatalogue.groups.flatMap(\.subcommands).map { $0._commandName }
        #expect(Set(commands).isDisjoint(with: HelpTopic.all.map(\.name)))
        #expect(HelpTopic(named: "sunspots") == nil)
    }
}

@Suite("Misspelt words")
struct SpellingTests {
    @Test(
        "are close to the word that was meant",
        arguments: [("--kernl", "--kernel"), ("pln", "plan"), ("scenario", "scenarios"), ("cgroup", "--cgroup"), ("expect", "expectations")])
    func close(word: String, meant: String) {
        #expect(Spelling.hint(for: word, among: ["--kernel", "plan", "scenarios", "--cgroup", "expectations"]) == "did you mean '\(meant)'?")
    }

    @Test("get no hint when nothing is close")
    func far() { #expect(Spelling.hint(for: "sunspots", among: ["run", "plan", "--kernel"]) == nil) }

    @Test("are measured in insertions, deletions and replacements")
    func distance() {
        #expect(Spelling.distance("", "abc") == 3)
        #expect(Spelling.distance("kitten", "sitting") == 3)
        #expect(Spelling.distance("same", "same") == 0)
    }
}

@Suite("Unknown words of a command line")
struct UnknownWordTests {
    private func message(_ arguments: String...) throws -> String? { UnknownWord(in: arguments, of: try .current())?.message }

    @Test("are reported with the command they were given to")
    func found() throws {
        #expect(try message("run", "--kernl", "6.1") == "unknown option '--kernl' of 'kmatrix run'; did you mean '--kernel'?")
        #expect(
            try message("kernels", "list", "--sunny=3") == "unknown option '--sunny' of 'kmatrix kernels list'; 'kmatrix help kernels list' lists its options")
        #expect(try message("history", "*/legacy", "--flakey") == "unknown option '--flakey' of 'kmatrix history'; did you mean '--flaky'?")
    }

    @Test("are not options of the command, values, or what follows --")
    func known() throws {
        #expect(try message("run", "--kernel=6.1", "--help") == nil)
        #expect(try message("history", "--flaky") == nil)
        #expect(try message("kernels", "gc", "--unused-for", "-1") == nil)
        #expect(try message("explain", "--", "--sunny") == nil)
        #expect(try message("explain", "frobnicate") == nil)
    }
}
