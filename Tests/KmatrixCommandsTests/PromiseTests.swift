import EvidenceStore
import Foundation
import MatrixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

extension StandInRuns {
    /// What help and documentation promise of a run and its output, and small runs can show.
    @Suite("A run keeps its promises")
    struct PromiseTests {
        let bench: StandInRun
        private var out: FilePath { bench.folder.appending("run") }

        init() throws { bench = try StandInRun() }

        @Test("a cold boot that disagrees with a restored cell ends the run with 4, and one that agrees does not", arguments: [true, false])
        func snapshotsDiffer(differ: Bool) async throws {
            // The guest that the snapshot is made of shares its memory; only the boot that verifies has neither.
            if differ {
                try bench.trouble(
                    """
                    case "$*" in *-incoming* | *share=on*) ;; *)
                        previous=
                        for argument; do shift; [ "$previous" != -append ] || argument="$argument fake=unattached"; set -- "$@" "$argument"; \
                        previous=$argument; done ;;
                    esac
                    """)
            }
            let cache = ["XDG_CACHE_HOME": bench.folder.appending("cache").string]
            let arguments = bench.arguments(["--boot", "snapshot", "--verify-snapshots", "1", "--out", out.string], layouts: ["unified"])
            let said = try await CommandLineTests.kmatrix(arguments, environment: bench.environment.merging(cache) { $1 })
            #expect(said.code == (differ ? 4 : 0), "\(said.stderr)")
            let check = try #require(try StoredRun.intact(at: out).document.run.snapshotCheck)
            #expect(check.cells.count == 1 && check.differences.isEmpty != differ)
        }

        /// What a command prints on a terminal.
        private func onTerminal(_ command: String, _ environment: [String: String]) async throws -> String {
            var values = ["HOME": bench.folder.string, "PATH": "/usr/bin:/bin", "TERM": "xterm"]
            values.merge(environment) { $1 }
            let result = try await Subprocess.run(
                .path("/usr/bin/script"), arguments: ["--quiet", "--return", "--command", command, "/dev/null"],
                environment: .custom(Dictionary(uniqueKeysWithValues: values.map { (Environment.Key(rawValue: $0.key) ?? "X", $0.value) })),
                output: .string(limit: 1 << 20), error: .discarded)
            #expect(result.terminationStatus.isSuccess)
            return result.standardOutput
        }

        @Test("a table on a terminal is coloured, and NO_COLOR takes the colour and nothing else")
        func colour() async throws {
            try await bench.run(["--out", out.string])
            let command = "'\(try BuiltProgram.path("kmatrix"))' report '\(out)' --format table"
            let coloured = try await onTerminal(command, [:])
            let plain = try await onTerminal(command, ["NO_COLOR": "1"])
            #expect(coloured.contains("\u{1B}[") && !plain.contains("\u{1B}["))
            #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
            // Empty is unset (no-color.org).
            #expect(try await onTerminal(command, ["NO_COLOR": ""]) == coloured)
        }
    }
}

/// Commands that need no guest, where they succeed.
@Suite("Commands without a guest succeed")
struct GuestlessCommandTests {
    @Test("distros list names the distributions of the catalogue")
    func distros() async throws {
        let products = try CommandLineTests.emptyProducts()
        try FileManager.default.copyItem(
            atPath: Repository.path.appending("images/catalogue.yml").string, toPath: products.path.appending("catalogue.yml").string)
        let said = try await CommandLineTests.kmatrix(
            ["distros", "list", "--format", "jsonl", "--offline"], environment: ["KMATRIX_PRODUCTS": products.path.string])
        #expect(said.code == 0, "\(said.stderr)")
        let names = try said.stdout.split(separator: "\n").map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }.compactMap {
            $0?["name"] as? String
        }
        #expect(names.contains("debian-12") && names.contains("rocky-9") && Set(names).count == names.count, "\(names)")
    }

    @Test("predict says of a compiled program which kernels load it, and why others do not")
    func predict() async throws {
        let folder = try TemporaryFolder()
        try await run("\(Repository.path)/ci/build-bpf", [folder.path.string])
        let said = try await CommandLineTests.kmatrix(["predict", folder.path.appending("loop-lookup.bpf.o").string, "--series", "5.10", "--series", "6.1"])
        #expect(said.code == 0, "\(said.stderr)")
        let lines = said.stdout.split(separator: "\n")
        #expect(lines.contains { $0.contains("5.10") && $0.contains("bpf_loop") }, "\(said.stdout)")
        #expect(lines.contains { $0.contains("6.1") && !$0.contains("bpf_loop") }, "\(said.stdout)")
    }

    private func run(_ program: String, _ arguments: [String]) async throws {
        let result = try await Subprocess.run(.path(FilePath(program)), arguments: Arguments(arguments), output: .discarded, error: .string(limit: 1 << 20))
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
    }

    @Test("platform serves the three endpoints of a scenario until it is interrupted, and journals what was asked")
    func platform() async throws {
        let (products, folder) = (try CommandLineTests.emptyProducts(), try TemporaryFolder())
        let result = try await Subprocess.run(
            .path(try BuiltProgram.path("kmatrix")), arguments: ["platform", "--folder", folder.path.string],
            environment: .custom(["HOME": folder.path.string, "PATH": "/usr/bin:/bin", "KMATRIX_PRODUCTS": products.path.string]), input: .none,
            output: .discarded, error: .discarded
        ) { execution in
            let names = ["wireserver.sock", "hostga.sock", "imds.sock"]
            for name in names {
                while !FileManager.default.fileExists(atPath: folder.path.appending(name).string) { try await Task.sleep(for: .milliseconds(20)) }
            }
            let answers = try await DebianRepository.output(
                "curl", ["--silent", "--unix-socket", folder.path.appending("wireserver.sock").string, "http://168.63.129.16/?comp=versions"])
            #expect(answers.contains("Versions"), "\(answers)")
            kill(execution.processIdentifier.value, SIGINT)
        }
        #expect(result.terminationStatus == .exited(130) || result.terminationStatus.isSuccess, "\(result.terminationStatus)")
        let journal = try String(contentsOfFile: folder.path.appending("fabric.jsonl").string, encoding: .utf8)
        #expect(journal.contains("comp=versions"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path.string).filter { $0.hasSuffix(".sock") }.isEmpty)
    }
}
