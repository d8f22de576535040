import EvidenceStore
import Foundation
import MatrixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// History and comparison as a person or CI uses them.
@Suite("The history's commands")
struct HistoryCommandTests {
    /// A folder of runs, and the history beside them.
    let folder: FilePath
    private let temporary: TemporaryFolder

    init() throws {
        temporary = try TemporaryFolder()
        folder = temporary.path
    }

    private var history: [String] { ["--history", folder.appending("history.sqlite").string] }

    /// Writes a run of one cell per judgement, in layouts of their own.
    private func makeRun(_ id: String, day: Int, _ judgments: [CgroupLayout: Judgement], attempts: Int = 1) throws -> String {
        let started = "2026-01-0\(day)T00:00:00Z"
        var run = RunRecord(id: id, started: started, harness: "0.1.0")
        run.finished = started
        let kernel = KernelIdentity(version: try KernelVersion(parsing: "6.1.176-1"), flavour: .cloud, release: "r", origin: "debian/bookworm")
        let records = judgments.map { layout, judgement in
            CellRecord(cell: Cell(kernel: kernel, cgroup: layout), judgement: judgement, evidence: nil, seconds: [:], attempts: attempts)
        }
        let place = try RunFolder.create(at: folder.appending(id))
        for record in records { try place.cell(CellID(stored: record.id)).write(Array("{}\n".utf8), to: .fabricJournal) }
        try place.seal(run, records)
        return place.path.string
    }

    private static let good = Judgement(verdict: .compatible, cause: nil, summary: "fine")
    private static let rejected = Judgement(cause: .verifierRejected, summary: "refused")

    private func kmatrix(_ arguments: [String]) async throws -> CommandLineTests.Said { try await CommandLineTests.kmatrix(arguments + history) }

    /// What a listing printed as JSON.
    private func json(_ arguments: [String]) async throws -> [String: Any] {
        let said = try await kmatrix(arguments + ["--format", "json"])
        #expect(said.code == 0, "\(said.stderr)")
        return try #require(try JSONSerialization.jsonObject(with: Data(said.stdout.utf8)) as? [String: Any])
    }

    private func runs() async throws -> [String] { (try await json(["history"])["runs"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String } }

    @Test("a history that nobody has begun is empty, and looking does not begin it")
    func none() async throws {
        #expect(try await runs().isEmpty)
        let said = try await kmatrix(["history"])
        #expect(said.code == 0)
        #expect(said.stderr.contains("history import"))
        #expect(!FileManager.default.fileExists(atPath: folder.appending("history.sqlite").string))
    }

    @Test("imported runs are listed, and importing them again changes nothing")
    func importing() async throws {
        let folders = [try makeRun("one", day: 1, [.unified: Self.good]), try makeRun("two", day: 2, [.unified: Self.rejected], attempts: 2)]
        for outcome in ["added", "unchanged"] {
            let imported = try #require(try await json(["history", "import"] + folders)["imported"] as? [[String: Any]])
            #expect(imported.compactMap { $0["recording"] as? String } == [outcome, outcome])
        }
        #expect(try await runs() == ["one", "two"])
        let table = try await kmatrix(["history", "*/unified"]).stdout
        #expect(table.contains("compatible") && table.contains("incompatible verifier-rejected") && table.contains("1 of 2"))
        let flaky = try #require(try await json(["history", "--flaky"])["cells"] as? [[String: Any]])
        #expect(flaky.compactMap { $0["flake_rate"] as? Double } == [0.5])
    }

    @Test("runs and cells are told from a day on, and forgotten when they are asked to be")
    func since() async throws {
        let folders = try (1...3).map { try makeRun("run-\($0)", day: $0, [.unified: Self.good]) }
        _ = try await kmatrix(["history", "import"] + folders)
        #expect((try await json(["history", "--since", "2026-01-02"])["runs"] as? [[String: Any]])?.count == 2)
        #expect((try await json(["history", "--since", "36500d"])["runs"] as? [[String: Any]])?.count == 3)
        let forgotten = try #require(try await json(["history", "prune", "--keep", "2"])["forgotten"] as? [[String: Any]])
        #expect(forgotten.compactMap { $0["id"] as? String } == ["run-1"])
        #expect(try await runs() == ["run-2", "run-3"])
        #expect(try await kmatrix(["history", "prune", "--older-than", "36500"]).stdout == "0 runs removed from the history\n")
    }

    @Test("a damaged run is refused with what is wrong, and the others are read")
    func damaged() async throws {
        let bad = try makeRun("bad", day: 1, [.unified: Self.good])
        let verdict = FilePath(bad).appending("cells/micro_6.1.176-1_cloud-amd64_unified/verdict.json").string
        try String(contentsOfFile: verdict, encoding: .utf8).replacing("fine", with: "finer").write(toFile: verdict, atomically: true, encoding: .utf8)
        let said = try await kmatrix(["history", "import", bad, folder.appending("absent").string, try makeRun("good", day: 2, [.unified: Self.good])])
        #expect(said.code == 2)
        #expect(said.stderr.contains("was changed after the run") && said.stderr.contains("no run.json"))
        #expect(try await runs() == ["good"])
        let diff = try await kmatrix(["diff", bad, "good"])
        #expect(diff.code == 2 && diff.stderr.contains("was changed after the run"))
    }

    @Test("diff says what changed, by folder and by id, and its exit code what that is worth")
    func diff() async throws {
        let one = try makeRun("one", day: 1, [.unified: Self.good, .hybrid: Self.good, .legacy: Self.rejected])
        let two = try makeRun("two", day: 2, [.unified: Self.rejected, .hybrid: Self.good, .legacy: Self.good])
        _ = try await kmatrix(["history", "import", one, two])
        for sides in [[one, two], ["previous", "latest"], ["one", two]] {
            let said = try await kmatrix(["diff"] + sides + ["--exit-code"])
            #expect(said.code == 1, "\(said.stderr)")
            #expect(said.stdout.contains("new-failure (regression): micro/6.1.176-1/cloud-amd64/unified"))
            #expect(said.stdout.contains("1 new-failure, 1 fixed, 1 unchanged"))
        }
        let document = try await json(["diff", "one", "two"])
        #expect((document["changes"] as? [[String: Any]])?.compactMap { $0["change"] as? String } == ["new-failure", "fixed"])
        #expect(try await kmatrix(["diff", "one", "two"]).code == 0)
        #expect(try await kmatrix(["diff", "two", "one", "--exit-code"]).code == 0, "legacy is documented as unsupported")
        let unknown = try await kmatrix(["diff", "one", "three"])
        #expect(unknown.code == 2 && unknown.stderr.contains("'three'"))
    }

    @Test("diff's exit code follows an expectation, and tells of one that no longer holds")
    func diffWithExpectations() async throws {
        let one = try makeRun("one", day: 1, [.unified: Self.good])
        let two = try makeRun("two", day: 2, [.unified: Self.rejected])
        let file = folder.appending("expectations.yml").string
        try "expectations:\n  - cells: '*/unified'\n    verdict: incompatible\n    reason: known\n    until: 2999-01-01\n"
            .write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try await kmatrix(["diff", one, two, "--exit-code", "--expectations", file]).code == 0)
        let fixed = try await kmatrix(["diff", two, one, "--exit-code", "--expectations", file])
        #expect(fixed.code == 1)
        #expect(fixed.stderr.contains("unexpected:") && fixed.stderr.contains("expectations.yml:2"))
    }

    @Test("what is proven no more has a code of its own", arguments: ["unproven", "gone"])
    func losses(kind: String) async throws {
        let one = try makeRun("one", day: 1, [.unified: Self.good])
        let two = try makeRun("two", day: 2, kind == "gone" ? [:] : [.unified: Judgement(cause: .emulatorHang, summary: "silent")])
        #expect(try await kmatrix(["diff", one, two, "--exit-code"]).code == 3)
    }

    @Test("several processes may write at once: nothing is lost and nothing damaged")
    func concurrent() async throws {
        let folders = try (1...6).map { try makeRun("run-\($0)", day: $0, [.unified: Self.good, .legacy: Self.rejected]) }
        try await withThrowingTaskGroup(of: CommandLineTests.Said.self) { group in
            for folder in folders { group.addTask { try await kmatrix(["history", "import", folder]) } }
            for try await said in group { #expect(said.code == 0, "\(said.stderr)") }
        }
        #expect(try await runs() == (1...6).map { "run-\($0)" })
        let cells = try #require(try await json(["history", "*"])["cells"] as? [[String: Any]])
        #expect(cells.compactMap { $0["tried"] as? Int } == [6, 6])
    }

    @Test("a disk that takes nothing more is told as such, and nothing of the run is in the history")
    func full() async throws {
        let run = try makeRun("one", day: 1, [.unified: Self.good])
        let program = try BuiltProgram.path("kmatrix").string
        // Files may not grow past 20 kB: writes fail as on a full disk once the signal that goes with it is ignored.
        let script = "trap '' XFSZ; ulimit -f 20; exec \"$0\" history import \"$1\" --history \"$2\""
        let result = try await Subprocess.run(
            .name("bash"), arguments: ["-c", script, program, run, folder.appending("history.sqlite").string], output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        #expect(result.terminationStatus == .exited(2), "\(result.standardError)")
        #expect(result.standardError.contains("history.sqlite"))
        #expect(try await runs().isEmpty)
    }

    @Test("a run is recorded by itself, unless that is switched off", arguments: [[], ["--no-history"]])
    func recording(options: [String]) async throws {
        let said = try await run(options)
        #expect(said.code == 3, "\(said.stderr)")
        #expect(try await runs().count == (options.isEmpty ? 1 : 0))
    }

    @Test("a history that cannot be written is a warning and not a lost run")
    func unwritable() async throws {
        try FileManager.default.createDirectory(atPath: folder.appending("history.sqlite").string, withIntermediateDirectories: false)
        let said = try await run([])
        #expect(said.code == 3)
        #expect(said.stderr.contains("warning: cannot record the run in the history") && said.stderr.contains("history import"))
        #expect(said.stdout.contains("not-a-kernel"))
    }

    @Test(
        "an expectation after its last day is a warning and excuses nothing; with --strict-expectations, and where it is wrong, no run begins",
        arguments: [
            ("until: 2020-01-01", [], 3, "expired on 2020-01-01"), ("until: 2020-01-01", ["--strict-expectations"], 2, "expired on 2020-01-01"),
            ("until: soon", [], 2, "is not a day"),
        ] as [(String, [String], Int32, String)])
    func expired(line: String, options: [String], code: Int32, word: String) async throws {
        let file = folder.appending("expectations.yml").string
        try "expectations:\n  - cells: '*'\n    verdict: unavailable\n    reason: known\n    \(line)\n".write(toFile: file, atomically: true, encoding: .utf8)
        let said = try await run(["--expectations", file] + options)
        #expect(said.code == code)
        #expect(said.stderr.contains("expectations.yml:") && said.stderr.contains(word), "\(said.stderr)")
        #expect(FileManager.default.fileExists(atPath: folder.appending("out").string) == (code != 2))
    }

    @Test("a run that is as expected exits with 0 whatever is documented")
    func expected() async throws {
        let file = folder.appending("expectations.yml").string
        try "expectations:\n  - cells: '*'\n    verdict: unavailable\n    cause: not-a-kernel\n    reason: known\n    until: 2999-01-01\n"
            .write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try await run(["--expectations", file]).code == 0)
    }

    /// A run of one cell whose kernel is no kernel.
    private func run(_ options: [String]) async throws -> CommandLineTests.Said {
        let products = try CommandLineTests.emptyProducts()
        let arguments =
            ["run", "--kernel", folder.appending("no-kernel").string, "--cgroup", "unified", "--out", folder.appending("out").string] + options + history
        return try await CommandLineTests.kmatrix(arguments, environment: ["KMATRIX_PRODUCTS": products.path.string])
    }

    @Test(
        "what makes no sense is refused with code 2 and a hint",
        arguments: [
            (["history", ""], "pattern"), (["history", "--since", "yesterday"], "--since"), (["history", "--cause", "moon"], "--cause"),
            (["history", "prune"], "--keep"), (["history", "prune", "--keep", "-1"], "--keep"), (["history", "import"], "run-folder"),
            (["diff", "one"], "after"),
        ])
    func usage(arguments: [String], hint: String) async throws {
        let said = try await kmatrix(arguments)
        #expect(said.code == 2)
        #expect(said.stderr.contains(hint), "\(said.stderr)")
    }
}
