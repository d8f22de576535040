import EvidenceStore
import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Suites of whole runs, one after the other: many at once would make tests late that measure time.
@Suite("Whole runs with the stand-in", .serialized)
enum StandInRuns {}

/// As long as the others together, and so next to them: what waits for the moment to end a run leaves the processors to others.
@Suite("Whole runs with the stand-in that are cut short", .serialized)
enum CutShortStandInRuns {}

/// Runs of `kmatrix` whose emulator is the stand-in, so that whole runs take a second; counts the guests that were started.
struct StandInRun {
    let temporary: TemporaryFolder
    let products: TemporaryFolder
    var folder: FilePath { temporary.path }
    var kernel: FilePath { folder.appending("vmlinuz") }
    /// Where guests' sockets are.
    var sockets: FilePath { folder.appending("tmp") }
    private var emulator: FilePath { folder.appending("emulator") }
    private var starts: FilePath { folder.appending("starts") }
    private var trouble: FilePath { folder.appending("trouble") }

    static let layouts = ["unified", "hybrid", "legacy"]

    init() throws {
        temporary = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: temporary.path.appending("tmp").string, withIntermediateDirectories: true)
        products = try CommandLineTests.emptyProducts()
        // Its guest's platform does not use the protocol: nothing has to be signed.
        let scenarios = products.path.appending("scenarios")
        try FileManager.default.removeItem(atPath: scenarios.appending("normal.yml").string)
        try FileManager.default.copyItem(atPath: scenarios.appending("disabled.yml").string, toPath: scenarios.appending("normal.yml").string)
        try Self.writeKernel("6.1.0-fake", to: kernel)
        let script = """
            #!/bin/sh
            [ "$1" = --version ] && exec \(try BuiltProgram.path("fake-qemu")) --version
            echo "$PWD" >> \(starts)
            guest=$(wc -l < \(starts))
            [ -e \(trouble) ] && . \(trouble)
            exec \(try BuiltProgram.path("fake-qemu")) "$@"
            """
        try ProgramFile.write(script, to: emulator)
    }

    /// The head of a kernel of before there were payloads in it, which says its release and is booted as it is.
    static func writeKernel(_ release: String, to path: FilePath) throws {
        var bytes = [UInt8](repeating: 0, count: 2048)
        bytes[0x1F1] = 1
        bytes.replaceSubrange(0x1FE..<0x206, with: [0x55, 0xAA, 0, 0] + Array("HdrS".utf8))
        // Protocol 2.06; the release at 0x300, counted from 0x200.
        bytes.replaceSubrange(0x206..<0x210, with: [0x06, 0x02, 0, 0, 0, 0, 0, 0, 0x00, 0x01])
        bytes.replaceSubrange(0x300..<0x300 + release.utf8.count, with: Array(release.utf8))
        try DurableFile.write(bytes, to: path)
    }

    /// The folders of the guests that were started so far.
    var startedIn: [String] { ((try? String(contentsOfFile: starts.string, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init) }
    var started: Int { startedIn.count }

    /// Shell commands that each emulator begins with; `$guest` counts them.
    func trouble(_ commands: String) throws { try DurableFile.write(Array((commands + "\n").utf8), to: trouble) }

    func noTrouble() throws { try FileManager.default.removeItem(atPath: trouble.string) }

    /// Guests past so many say nothing for ever.
    func hang(after guests: Int) throws { try trouble("if [ $guest -gt \(guests) ]; then exec sleep 600; fi") }

    /// Every guest boots, so that guests can be counted: making a snapshot starts one as well.
    func arguments(_ options: [String], layouts: [String] = layouts, kernel: FilePath? = nil) -> [String] {
        [
            "run", "--kernel", (kernel ?? self.kernel).string, "--jobs", "1", "--accel", "tcg", "--boot", "cold", "--format", "json", "--history",
            folder.appending("history.sqlite").string,
        ]
            + layouts.flatMap { ["--cgroup", $0] } + options
    }

    var environment: [String: String] { ["KMATRIX_PRODUCTS": products.path.string, "KMATRIX_QEMU": emulator.string, "TMPDIR": sockets.string] }

    func kmatrix(_ arguments: [String]) async throws -> CommandLineTests.Said { try await CommandLineTests.kmatrix(arguments, environment: environment) }

    /// Starts `kmatrix`, runs the body beside it, and waits for its end.
    /// - Parameter body: Is told the process.
    func kmatrix(_ arguments: [String], environment further: [String: String] = [:], while body: @escaping (pid_t) async throws -> Void) async throws {
        var values = ["HOME": folder.string, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        values.merge(environment) { _, new in new }
        values.merge(further) { _, new in new }
        let custom = Environment.custom(Dictionary(uniqueKeysWithValues: values.map { (Environment.Key(rawValue: $0.key) ?? "X", $0.value) }))
        _ = try await Subprocess.run(
            .path(try BuiltProgram.path("kmatrix")), arguments: Arguments(arguments), environment: custom, input: .none, output: .discarded, error: .discarded
        ) { try await body($0.processIdentifier.value) }
    }

    /// Waits until no process works below the folder: the kernel sends an emulator its signal when it takes the harness apart.
    func expectNoProcess() async throws {
        for _ in 0..<3_000 where try !processes().isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try processes().isEmpty)
    }

    @discardableResult
    func run(_ options: [String], layouts: [String] = layouts, kernel: FilePath? = nil) async throws -> RunDocument {
        let said = try await kmatrix(arguments(options, layouts: layouts, kernel: kernel))
        #expect(said.code == 0, "\(said.stderr)")
        return try JSONDecoder().decode(RunDocument.self, from: Data(said.stdout.utf8))
    }

    /// The processes that work in a folder below this one.
    func processes() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { $0.allSatisfy(\.isNumber) }.filter {
            // Of a process that has ended meanwhile there is nothing to read.
            ((try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/cwd")) ?? "").hasPrefix(folder.string)
        }
    }

    func socketFiles() throws -> [String] {
        try #require(FileManager.default.enumerator(atPath: folder.string)).compactMap { $0 as? String }.filter { $0.hasSuffix(".sock") }
    }
}
