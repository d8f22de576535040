import Foundation
@testable import GuestImages
import MatrixModel
import StrictYAML
import SystemPackage
import TestSupport
import Testing

@Suite("An agent's profile")
struct AgentProfileTests {
    static let folder = Repository.path.appending("images/agents")

    static let text = """
        name: mine
        title: Mine
        recognised:
          files:
            - path: usr/sbin/azure-proxy-agent
              contains: my words
        status:
          within: 75
          every: 60
          onExit: false
        logs:
          agent: /var/log/mine.log
        needs: [findmnt, os-release]
        settledBy:
          - log: agent
            text: gave up
            lines: 5
        burst: 90
        defects:
          - proof: dual-stack
            reason: It has no program for IPv6.
            reference: https://example.org/issues/7
            until: 2027-03-31
        """

    static func read(_ text: String) throws -> AgentProfile { try AgentProfile(parsing: text, source: "mine.yml") }

    static func day(_ text: String) throws -> CalendarDay { try CalendarDay(parsing: text) }

    static func bundle(_ program: String, package: String? = nil, others: [String: String] = [:]) -> AgentBundle {
        let files = others.merging([AgentBundle.executablePath: program]) { $1 }
        return AgentBundle(
            name: "bundle", packageName: package, version: nil, digest: "", items: files.map { PayloadSpec.Item(path: $0, source: .bytes(Array($1.utf8))) },
            package: nil,
            hasProgram: false, librariesOfHost: [])
    }

    @Test("says when the agent reports, what it needs and what it gets wrong")
    func parsing() throws {
        let profile = try Self.read(Self.text)
        #expect(profile.name == "mine" && profile.title == "Mine" && profile.text == Self.text)
        #expect(profile.statusDeadline == .seconds(75) && profile.statusPeriod == .seconds(60) && !profile.writesStatusOnExit)
        #expect(profile.statusRefresh == .seconds(75))
        #expect(profile.logs == [.agent: "/var/log/mine.log"])
        #expect(profile.needs == [.findmnt, .osRelease])
        #expect(profile.settlingWords == [.init(log: .agent, text: "gave up", lines: 5)])
        #expect(profile.burstDeadline == .seconds(90))
        let until = try Self.day("2027-03-31")
        #expect(
            profile.defects == [KnownDefect(proof: .dualStack, reason: "It has no program for IPv6.", reference: "https://example.org/issues/7", until: until)])
        // Twice the start, once the rewriting, once the burst.
        #expect(profile.extraTime == .seconds(2 * 55 + 75 + 60))
    }

    @Test("has a default for everything but its name and title")
    func defaults() throws {
        let profile = try Self.read("name: a\ntitle: A\n")
        let unknown = AgentProfile.unknown
        #expect(profile.marks == nil && profile.needs.isEmpty && profile.defects.isEmpty && profile.settlingWords.isEmpty)
        #expect(profile.logs == unknown.logs && profile.statusDeadline == unknown.statusDeadline && profile.burstDeadline == unknown.burstDeadline)
        #expect(profile.statusRefresh == nil && profile.extraTime == .zero)
    }

    @Test(
        "is refused with its line where it is wrong",
        arguments: [
            ("title: A\n", 1, "'name' is missing"),
            ("name: a\n", 1, "'title' is missing"),
            ("name: A B\ntitle: x\n", 1, "lower-case"),
            ("name: a\ntitle: x\ncolour: blue\n", 3, "unknown key 'colour'"),
            ("name: a\ntitle: x\nstatus: { within: 0 }\n", 3, "1 second at least"),
            ("name: a\ntitle: x\nstatus: { within: 601 }\n", 3, "up to 600"),
            ("name: a\ntitle: x\nstatus: { onExit: false }\n", 3, "'every' is missing"),
            ("name: a\ntitle: x\nstatus: { onexit: false }\n", 3, "unknown key 'onexit'"),
            ("name: a\ntitle: x\nneeds: [findmnt, perl]\n", 3, "cannot give a guest 'perl'"),
            ("name: a\ntitle: x\nneeds: [[findmnt]]\n", 3, "cannot give a guest"),
            ("name: a\ntitle: x\nlogs: { agent: var/log/a }\n", 3, "absolute path"),
            ("name: a\ntitle: x\nlogs: { agent: /var/../etc/shadow }\n", 3, "absolute path"),
            ("name: a\ntitle: x\nlogs: { journal: /x }\n", 3, "unknown key 'journal'"),
            ("name: a\ntitle: x\nrecognised: { package: p }\n", 3, "'files' is missing"),
            ("name: a\ntitle: x\nlogs: { agent: /x }\nsettledBy:\n  - { log: connections, text: words }\n", 5, "gives no path"),
            ("name: a\ntitle: x\nsettledBy:\n  - { log: journal, text: words }\n", 4, "cannot be 'journal'"),
            ("name: a\ntitle: x\nsettledBy:\n  - { log: agent, text: no }\n", 4, "4 to 200"),
            ("name: a\ntitle: x\nsettledBy:\n  - { log: agent, text: \"two\\nlines\" }\n", 4, "part of one line"),
            ("name: a\ntitle: x\nsettledBy:\n  - { log: agent, text: words, lines: 0 }\n", 4, "1 at least"),
            ("name: a\ntitle: x\ndefects:\n  - { reason: r, reference: f, until: 2027-01-01 }\n", 4, "'proof' is missing"),
            ("name: a\ntitle: x\ndefects:\n  - { proof: dual-stack, reference: f, until: 2027-01-01 }\n", 4, "'reason' is missing"),
            ("name: a\ntitle: x\ndefects:\n  - { proof: dual-stack, reason: r, until: 2027-01-01 }\n", 4, "'reference' is missing"),
            ("name: a\ntitle: x\ndefects:\n  - { proof: dual-stack, reason: r, reference: f }\n", 4, "'until' is missing"),
            ("name: a\ntitle: x\ndefects:\n  - { proof: dual-stack, reason: r, reference: f, until: 2027-02-30 }\n", 4, "'until'"),
            ("name: a\ntitle: x\ndefects:\n  - { proof: everything, reason: r, reference: f, until: 2027-01-01 }\n", 4, "there is no proof 'everything'"),
            ("name: a\ntitle: x\ndefects:\n  - &d { proof: burst, reason: r, reference: f, until: 2027-01-01 }\n  - *d\n", 4, "'burst' is named twice"),
            ("- a\n", nil, "must be a mapping"),
            ("name: [\n", nil, "invalid YAML"),
        ] as [(String, Int?, String)])
    func refusals(text: String, line: Int?, words: String) throws {
        let error = try #require(throws: YAMLError.self) { try Self.read(text) }
        #expect(error.line == line, "\(error)")
        #expect(error.reason.contains(words), "\(error)")
        #expect(error.source == "mine.yml")
    }

    @Test("a defect excuses to the end of its last day, and then warns")
    func expiry() throws {
        let profile = try Self.read(Self.text)
        let last = try Self.day("2027-03-31")
        #expect(profile.holding(on: last) == profile)
        #expect(profile.warnings(on: last).isEmpty)
        let later = try Self.day("2027-04-01")
        #expect(profile.holding(on: later).defects.isEmpty)
        // Nothing else changes.
        #expect(profile.holding(on: later).needs == profile.needs && profile.holding(on: later).text == profile.text)
        let warning = try #require(profile.warnings(on: later).first)
        #expect(warning.contains("'mine'") && warning.contains("'dual-stack'") && warning.contains("2027-03-31"))
    }

    @Test("recognises a bundle by what is in its files, and by its package's name where it has one")
    func recognition() throws {
        let profile = try Self.read(Self.text)
        #expect(profile.recognises(Self.bundle("these are my words.")))
        #expect(!profile.recognises(Self.bundle("these are my word")))
        #expect(!(try Self.read("name: a\ntitle: A\n")).recognises(Self.bundle("my words")))
        let packaged = try Self.read("name: a\ntitle: A\nrecognised: { package: mine, files: [{ path: etc/a }, { path: etc/b, contains: b }] }\n")
        let files = ["etc/a": "", "etc/b": "abc"]
        #expect(packaged.recognises(Self.bundle("", package: "mine", others: files)))
        // A folder has no name.
        #expect(packaged.recognises(Self.bundle("", others: files)))
        #expect(!packaged.recognises(Self.bundle("", package: "yours", others: files)))
        #expect(!packaged.recognises(Self.bundle("", package: "mine", others: ["etc/a": ""])))
        #expect(!packaged.recognises(Self.bundle("", package: "mine", others: ["etc/a": "", "etc/b": "x"])))
    }

    @Test("a bundle that two profiles recognise is an error that names both")
    func ambiguity() throws {
        let one = try Self.read(Self.text)
        let other = try Self.read(Self.text.replacing("name: mine", with: "name: yours").replacing("my words", with: "words"))
        let profiles = try AgentProfiles([other, one])
        let error = try #require(throws: AgentProfileError.self) { try profiles.profile(of: Self.bundle("my words")) }
        #expect(error.code == .ambiguous && error.others == ["mine", "yours"])
        #expect("\(error)".contains("mine, yours") && "\(error)".contains("--agent-profile"))
        #expect(try profiles.profile(of: Self.bundle("other words")) == other)
        #expect(try profiles.profile(of: Self.bundle("nothing")) == .unknown)
    }

    @Test("two profiles of one name, a name that nobody has and a file that cannot be read are errors")
    func lookups() throws {
        let one = try Self.read(Self.text)
        #expect(throws: AgentProfileError(.sameName, subject: "mine")) { try AgentProfiles([one, one]) }
        let profiles = try AgentProfiles([one])
        #expect(try profiles.named("mine") == one)
        #expect(throws: AgentProfileError(.unknown, subject: "other", others: ["mine"])) { try profiles.named("other") }
        #expect(throws: AgentProfileError(.unreadable, subject: "/nowhere/a.yml")) { try AgentProfiles.read("/nowhere/a.yml") }
        #expect(throws: AgentProfileError(.unreadable, subject: "/nowhere")) { try AgentProfiles(folder: "/nowhere") }
    }

    @Test("a folder's file that is wrong is named")
    func folderWithMistake() throws {
        let folder = try TemporaryFolder()
        try Data(Self.text.utf8).write(to: URL(filePath: folder.path.appending("good.yml").string))
        try Data("not a profile".utf8).write(to: URL(filePath: folder.path.appending("README.md").string))
        #expect(try AgentProfiles(folder: folder.path).all.map(\.name) == ["mine"])
        let bad = folder.path.appending("bad.yml")
        try Data([0x00, 0xFF, 0x80, 0x1B]).write(to: URL(filePath: bad.string))
        let error = try #require(throws: YAMLError.self) { try AgentProfiles(folder: folder.path) }
        #expect(error.source == bad.string)
        try Data(repeating: 0x20, count: (1 << 20) + 1).write(to: URL(filePath: bad.string))
        #expect(throws: AgentProfileError(.tooLarge, subject: bad.string)) { try AgentProfiles(folder: folder.path) }
    }

    @Test("those of this project can be read, recognise no bundle of each other, and ours has no defects")
    func shipped() throws {
        let profiles = try AgentProfiles(folder: Self.folder)
        #expect(profiles.all.map(\.name) == ["azure-guest-proxy-agent", "own"])
        let own = try profiles.named(AgentProfiles.ownName)
        #expect(own.defects.isEmpty && own.needs.isEmpty && own.extraTime == .zero)
        let upstream = try profiles.named("azure-guest-proxy-agent")
        #expect(upstream.defects.map(\.proof).contains(.identityUserNotGroup))
        #expect(!upstream.writesStatusOnExit && upstream.needs.contains(.findmnt))
        for profile in profiles.all { #expect(profile.marks?.files.allSatisfy { $0.text != nil } == true) }
        let marks = profiles.all.compactMap { $0.marks?.files.first?.text }
        #expect(try marks.map { try profiles.profile(of: Self.bundle($0, package: "azure-proxy-agent")).name } == profiles.all.map(\.name))
    }
}

@Suite("A program of this machine for a guest")
struct HostProgramTests {
    @Test("comes with its loader and every library it needs, at their own paths")
    func findmnt() async throws {
        let items = try await HostProgram.items("findmnt", package: "util-linux")
        #expect(items.first?.path == "usr/bin/findmnt" && items.first?.mode == 0o755)
        let names = items.compactMap { $0.path.split(separator: "/").last.map(String.init) }
        #expect(names.contains { $0.hasPrefix("libmount.so") } && names.contains { $0.hasPrefix("libc.so") } && names.contains { $0.hasPrefix("ld-linux") })
        #expect(Set(items.map(\.path)).count == items.count)
    }

    @Test("that this machine does not have is an error with the package to install")
    func missing() async throws {
        let error = try await #require(throws: AgentBundleError.self) { try await HostProgram.items("no-such-program", package: "util-linux") }
        #expect(error.code == .programMissing && "\(error)".contains("util-linux"))
    }
}
