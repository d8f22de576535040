import EvidenceStore
import Foundation
import MatrixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The program as a person or a script starts it.
@Suite("The command line")
struct CommandLineTests {
    struct Said {
        let code: Int32?
        let stdout: String
        let stderr: String
    }

    /// Runs `kmatrix` with a home of its own, so that no setting of the machine's user plays a part.
    static func kmatrix(_ arguments: [String], environment: [String: String] = [:]) async throws -> Said {
        let home = try TemporaryFolder()
        var values = ["HOME": home.path.string, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        values.merge(environment) { _, new in new }
        let result = try await Subprocess.run(
            .path(try BuiltProgram.path("kmatrix")), arguments: Arguments(arguments),
            environment: .custom(Dictionary(uniqueKeysWithValues: values.map { (Environment.Key(rawValue: $0.key) ?? "X", $0.value) })),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        var code: Int32?
        if case .exited(let value) = result.terminationStatus { code = value }
        return Said(code: code, stdout: result.standardOutput, stderr: result.standardError)
    }

    /// Products that are there and do nothing: enough for what ends before a guest starts.
    static func emptyProducts() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try StandInProducts.make(in: folder.path)
        let scenarios = Repository.root.appending(path: "images/scenarios")
        try FileManager.default.copyItem(atPath: scenarios.path, toPath: folder.path.appending("scenarios").string)
        return folder
    }

    @Test("under taskset only the processors that are left are usable")
    func affinity() async throws {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let allowed = try #require(status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
        let first = try #require(allowed.split(whereSeparator: { !$0.isNumber }).first)
        let result = try await Subprocess.run(
            .name("taskset"), arguments: ["--cpu-list", String(first), try BuiltProgram.path("kmatrix").string, "doctor"], output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        #expect(result.standardOutput.contains(/Linux [^ ]+, 1 processors?,/), "\(result.standardOutput)")
    }

    @Test("an unknown scenario is refused, and those there are are named")
    func unknownScenario() async throws {
        let products = try Self.emptyProducts()
        let said = try await Self.kmatrix(["run", "--kernel", "6.1", "--scenario", "sunny"], environment: ["KMATRIX_PRODUCTS": products.path.string])
        #expect(said.code == 2)
        #expect(said.stderr.contains("'sunny'") && said.stderr.contains("key-reset"))
    }

    @Test("a scenario of one's own that is wrong is refused with its line")
    func wrongScenario() async throws {
        let products = try Self.emptyProducts()
        let file = products.path.appending("mine.yml")
        try "summary: mine\npaws: 4\nexpect:\n  status: SUCCESS\n".write(toFile: file.string, atomically: true, encoding: .utf8)
        let said = try await Self.kmatrix(["run", "--kernel", "6.1", "--scenario", file.string], environment: ["KMATRIX_PRODUCTS": products.path.string])
        #expect(said.code == 2)
        #expect(said.stderr.contains("mine.yml:2:") && said.stderr.contains("paws"))
    }

    @Test("help teaches: examples, commands and topics stand in it")
    func help() async throws {
        let said = try await Self.kmatrix(["--help"])
        #expect(said.code == 0)
        #expect(said.stdout.contains("kmatrix run --kernel 6.1"))
        #expect(said.stdout.contains("TOPICS") && said.stdout.contains("exit-codes"))
        #expect(try await Self.kmatrix([]).stdout == said.stdout)
        #expect(try await Self.kmatrix(["help"]).stdout == said.stdout)
        #expect(said.stderr.isEmpty)
    }

    @Test("the help of run fits on a screen, one line per option")
    func screen() async throws {
        let lines = try await Self.kmatrix(["help", "run"]).stdout.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.count <= 60)
        let options = try #require(lines.firstIndex(of: "CELLS:"))
        #expect(lines[options...].allSatisfy { $0.isEmpty || $0.hasSuffix(":") || $0.hasPrefix("  -") }, "an option takes more than a line")
    }

    @Test(
        "the help of every command is what it was",
        arguments: [
            "", "run", "plan", "bisect", "report", "kernels", "kernels list", "kernels fetch", "kernels gc", "distros", "distros list", "distros build",
            "distros fetch", "distros gc", "conformance", "history", "history list", "history import", "history prune", "history costs", "merge", "diff",
            "diagnose", "explain", "collect", "predict", "platform", "shell", "doctor", "completions", "man", "help", "judge", "selectors", "matrices",
            "verdicts",
        ])
    func snapshots(command: String) async throws {
        let said = try await Self.kmatrix(["help"] + command.split(separator: " ").map(String.init))
        let name = "help" + (command.isEmpty ? "" : "-" + command.replacing(" ", with: "-"))
        let url = try #require(Bundle.module.url(forResource: "Snapshots/\(name)", withExtension: "txt"))
        #expect(try said.stdout == String(contentsOf: url, encoding: .utf8))
    }

    @Test(
        "what makes no sense is refused with code 2 and a hint",
        arguments: [
            (["run"], "--kernel"), (["run", "--kernl", "6.1"], "unknown option '--kernl' of 'kmatrix run'; did you mean '--kernel'?"),
            (["run", "--kernel", "6.1", "--sunny"], "'kmatrix help run'"), (["help", "scenario"], "did you mean 'scenarios'?"),
            (["help", "kernels", "lst"], "did you mean 'list'?"),
            (["pln"], "did you mean 'plan'?"), (["history", "--flakey"], "did you mean '--flaky'?"), (["merge", "--rcord"], "did you mean '--record'?"),
            (["run", "--kernel", "5.x"], "is not a kernel version"), (["run", "--kernel", ">=6.1,<5.10"], "no version can satisfy"),
            (["run", "--kernel", "6.1", "--cgroup", "v3"], "v3"), (["run", "--kernel", "6.1", "--mirror", "x"], "NAME=URL"),
            (["run", "--kernel", "6.1", "--jobs", "0"], "--jobs"), (["run", "--kernel", "6.1/Cloud"], "flavour"),
            (["run", "--kernel", "6.1", "--fail-fast", "--keep-going"], "cannot be combined"),
            (["run", "--kernel", "6.1", "--snapshot-limit", "plenty"], "--snapshot-limit takes"),
            (["conformance", "--kernel", "6.1", "--snapshot-limit", "0G"], "20G"), (["frobnicate"], "unknown command 'frobnicate'"),
            (["kernels", "gc", "--unused-for", "-1"], "--unused-for"), (["diagnose", "/nonexistent/status.json"], "standard input"),
            (["diagnose", "-", "--family", "beos"], "rhel-like"),
            (["explain", "sunspots"], "kmatrix explain"), (["bisect", "--kernel", "all", "--cause", "sunspots"], "unknown cause"),
            (["predict", "/nonexistent/x.bpf.o"], "cannot read"), (["predict", "/bin/sh"], "machine 62"),
            (["collect", "--out", "/dev/null"], "exists already"),
        ])
    func usage(arguments: [String], hint: String) async throws {
        let said = try await Self.kmatrix(arguments)
        #expect(said.code == 2)
        #expect(said.stdout.isEmpty)
        #expect(said.stderr.contains(hint), "\(said.stderr)")
    }

    @Test("a variable that makes no sense is refused like an option, and an option goes before it")
    func snapshotLimit() async throws {
        let environment = ["KMATRIX_SNAPSHOT_LIMIT": "6 GB", "KMATRIX_PRODUCTS": "/nonexistent"]
        let refused = try await Self.kmatrix(["run", "--kernel", "6.1"], environment: environment)
        #expect(refused.code == 2 && refused.stderr.contains("KMATRIX_SNAPSHOT_LIMIT takes"), "\(refused.stderr)")
        let taken = try await Self.kmatrix(["run", "--kernel", "6.1", "--snapshot-limit", "500M"], environment: environment)
        #expect(!taken.stderr.contains("KMATRIX_SNAPSHOT_LIMIT"), "\(taken.stderr)")
    }

    @Test("an unknown program variant names those there are")
    func variant() async throws {
        let products = try Self.emptyProducts()
        let said = try await Self.kmatrix(["run", "--kernel", "6.1", "--bpf", "nonsense"], environment: ["KMATRIX_PRODUCTS": products.path.string])
        #expect(said.code == 2)
        #expect(said.stderr.contains("connect4"))
    }

    @Test("a file that is no kernel is an unavailable cell, and the run goes on to its end", arguments: ["text", "empty", "missing"])
    func noKernel(kind: String) async throws {
        let products = try Self.emptyProducts()
        let folder = try TemporaryFolder()
        let image = folder.path.appending("vmlinuz")
        if kind != "missing" { #expect(FileManager.default.createFile(atPath: image.string, contents: Data(kind == "text" ? "hello".utf8 : "".utf8))) }
        let said = try await Self.kmatrix(
            ["run", "--kernel-image", image.string, "--cgroup", "unified", "--format", "json", "--out", folder.path.appending("out").string],
            environment: ["KMATRIX_PRODUCTS": products.path.string])
        #expect(said.code == 3, "\(said.stderr)")
        let document = try JSONDecoder().decode(RunDocument.self, from: Data(said.stdout.utf8))
        #expect(document.cells.map(\.cause) == [.notABootableKernel])
        #expect(document.run.finished != nil)
    }

    @Test("an out folder that cannot be made is refused before anything is fetched")
    func out() async throws {
        let products = try Self.emptyProducts()
        let said = try await Self.kmatrix(["run", "--kernel", "6.1", "--out", "/dev/null/run"], environment: ["KMATRIX_PRODUCTS": products.path.string])
        #expect(said.code == 2)
        #expect(said.stderr.contains("--out"), "\(said.stderr)")
    }

    @Test("offline with an empty cache says so, with the code for what cannot be had")
    func offline() async throws {
        let products = try Self.emptyProducts()
        let said = try await Self.kmatrix(
            ["plan", "--kernel", "6.1", "--offline", "--mirror", "debian=http://mirror.invalid/debian"], environment: ["KMATRIX_PRODUCTS": products.path.string]
        )
        #expect(said.code == 3)
        #expect(said.stderr.contains("--offline"), "\(said.stderr)")
    }

    @Test("missing products say how to build them")
    func products() async throws {
        let said = try await Self.kmatrix(["run", "--kernel", "6.1"], environment: ["KMATRIX_PRODUCTS": "/nonexistent"])
        #expect(said.code == 2)
        #expect(said.stderr.contains("ci/build"))
    }

    @Test("a shell without a terminal is refused")
    func shell() async throws {
        let said = try await Self.kmatrix(["shell", "--kernel", "6.1"])
        #expect(said.code == 2)
        #expect(said.stderr.contains("terminal"))
    }

    @Test("the doctor finds what is there, and says what to install for what is not")
    func doctor() async throws {
        let products = try Self.emptyProducts()
        let folder = try TemporaryFolder()
        // A PATH on which only curl is to be found.
        #expect(FileManager.default.createFile(atPath: folder.path.appending("curl").string, contents: Data(), attributes: [.posixPermissions: 0o755]))
        let said = try await Self.kmatrix(
            ["doctor", "--format", "json", "--offline", "--mirror", "debian=http://mirror.invalid/debian"],
            environment: ["KMATRIX_PRODUCTS": products.path.string, "PATH": folder.path.string])
        #expect(said.code == 3)
        struct Check: Decodable {
            let name: String
            let outcome: String
            let detail: String
        }
        let checks = try #require(try JSONDecoder().decode([String: [Check]].self, from: Data(said.stdout.utf8))["checks"])
        let outcomes = Dictionary(uniqueKeysWithValues: checks.map { ($0.name, $0) })
        #expect(outcomes["curl"]?.outcome == "ok")
        #expect(outcomes["curl"]?.detail == folder.path.appending("curl").string)
        #expect(outcomes["emulator"]?.outcome == "missing")
        #expect(outcomes["emulator"]?.detail.contains("qemu-system-x86") == true)
        #expect(outcomes["mirror"]?.outcome == "missing")
    }
}
