import ArgumentParser
import Foundation
import MatrixModel
import MatrixPlanning
import StrictYAML
import TestSupport
import Testing

@testable import KmatrixCommands

@Suite("A matrix in a file")
struct MatrixFileTests {
    private static func read(_ text: String) throws -> MatrixFile { try MatrixFile(parsing: text, source: "m.yml") }

    @Test("is blocks of axes, exclusions and expectations")
    func content() throws {
        let file = try Self.read(
            """
            name: mine
            cells:
              - kernel: ["5.10", "6.1"]
                cgroup: unified
              - distro: debian-12
                deployment: [installed, missing]
            exclude:
              - cells: "*/legacy"
                reason: known
            expectations:
              - cells: "micro/5.10*"
                verdict: incompatible
                reason: the floor
                until: 2199-01-01
            """)
        #expect(file.name == "mine")
        #expect(file.blocks.map { $0.texts(.kernel) } == [["5.10", "6.1"], []])
        #expect(file.blocks[1].texts(.deployment) == ["installed", "missing"])
        #expect(file.exclusions.map(\.text) == ["*/legacy"])
        #expect(file.expectations.entry(for: "micro/5.10.1/cloud-amd64/unified")?.reason == "the floor")
    }

    @Test(
        "says the line of what is wrong",
        arguments: [
            ("cells:\n  - kernel: \"6.1\"\n", 1, "'name' is missing"), ("name: x\n", 1, "'cells' is missing"),
            ("name: x\ncells: []\n", 1, "'cells' is missing"),
            ("name: x\ncells:\n  - kernel: \"6.1\"\n    layout: unified\n", 4, "unknown key 'layout'"),
            ("name: x\ncells:\n  - kernel: \"6.1\"\n    cgroup: flat\n", 4, "unknown cgroup layout 'flat'"),
            ("name: x\ncells:\n  - kernel:\n      - \"6.1\"\n      - banana\n", 5, "banana"),
            ("name: x\ncells:\n  - cgroup: unified\n", 3, "no kernel selected"),
            ("name: x\ncells:\n  - kernel: \"6.1\"\n    deployment: installed\n", 3, "needs a distribution"),
            ("name: x\ncells:\n  - kernel: \"6.1\"\n    profile: soft\n", 4, "unknown boot profile 'soft'"),
            ("name: x\ncells:\n  - kernel: \"6.1\"\n    arch: vax\n", 4, "unknown architecture 'vax'"),
            ("name: x\ncells:\n  - kernel: []\n", 3, "'kernel' is empty"), ("name: x\ncells:\n  - kernel: { a: b }\n", 3, "must be a list"),
            ("name: x\ncells:\n  - kernel: \"6.1\"\nexclude:\n  - cells: \"*\"\n", 5, "needs 'cells'"),
        ])
    func mistakes(text: String, line: Int, reason: String) throws {
        let error = try #require(throws: YAMLError.self) { _ = try Self.read(text) }
        #expect(error.line == line, "\(error)")
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test("that is not there is said to be so")
    func missing() throws {
        let error = try #require(throws: YAMLError.self) { _ = try MatrixFile(path: "/nonexistent/m.yml") }
        #expect(error.description.contains("cannot read"))
    }

    @Test("of the nightly run can be read, and all its axes are values that exist")
    func nightly() throws {
        let root = Repository.root.appending(path: "images/nightly.yml")
        let file = try MatrixFile(path: root.path, today: CalendarDay(parsing: "2026-12-01"))
        #expect(file.name == "nightly")
        #expect(file.expectations.entries.count > 3 && file.expectations.expired.isEmpty)
        // Years later it can still be read, and its expectations excuse nothing.
        let later = try MatrixFile(path: root.path, today: CalendarDay(parsing: "2040-01-01"))
        #expect(later.expectations.entries.isEmpty && later.expectations.expired.count == file.expectations.entries.count)
        #expect(file.blocks.count > 5)
        #expect(Set(file.blocks.flatMap(\.axes)) == [.kernel, .cgroup, .profile, .bpf, .scenario, .distro, .deployment])
    }

    @Test("of the nightly run of another architecture can be read, and each of its blocks is of that architecture")
    func foreignNightly() throws {
        let file = try MatrixFile(path: Repository.root.appending(path: "images/nightly-arm64.yml").path)
        #expect(file.blocks.count > 4)
        for block in file.blocks { #expect(block.texts(.arch) == ["arm64"]) }
    }

    @Test("takes the place of all other axes")
    func alone() throws {
        #expect(throws: Never.self) { try RootCommand.parseAsRoot(["run", "--matrix", "m.yml"]) }
        let error = #expect(throws: (any Error).self) { try RootCommand.parseAsRoot(["run", "--matrix", "m.yml", "--kernel", "6.1"]) }
        #expect(error.map { RootCommand.fullMessage(for: $0) }?.contains("--matrix and --kernel cannot be combined") == true)
    }
}
