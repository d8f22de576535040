import Foundation
import Measurements
import SystemPackage
import Testing

@testable import kmatrix_bench

/// Measurements as a person or CI joins and compares them.
@Suite("The benchmarks' commands")
struct BenchCommandTests {
    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let root = package.deletingLastPathComponent().deletingLastPathComponent()
    private static let documents = package.appending(path: "Tests/MeasurementsTests/Documents")
    private static func document(_ name: String) -> String { documents.appending(path: "\(name).json").path }

    private let temporary: Folder

    init() throws { temporary = try Folder() }

    private final class Folder {
        let path: FilePath

        init() throws {
            let place = FileManager.default.temporaryDirectory.appending(path: "kmatrix-bench-tests-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            path = FilePath(place.path)
        }

        deinit { try? FileManager.default.removeItem(atPath: path.string) }
    }

    private struct Said {
        let code: Int32
        let stdout: String
        let stderr: String
    }

    /// Runs the program itself.
    private func bench(_ arguments: String...) async throws -> Said {
        let process = Process()
        process.executableURL = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "kmatrix-bench")
        process.arguments = arguments
        let files = try ["stdout", "stderr"].map { name in
            let path = temporary.path.appending("said-\(name)").string
            FileManager.default.createFile(atPath: path, contents: nil)
            return (path: path, handle: try FileHandle(forWritingTo: URL(filePath: path)))
        }
        (process.standardOutput, process.standardError) = (files[0].handle, files[1].handle)
        try process.run()
        process.waitUntilExit()
        let texts = try files.map { try String(contentsOfFile: $0.path, encoding: .utf8) }
        return Said(code: process.terminationStatus, stdout: texts[0], stderr: texts[1])
    }

    private func write(_ text: String, to name: String) throws -> String {
        let path = temporary.path.appending(name).string
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// A captured document without what could not be had.
    private func whole(_ name: String) throws -> String {
        let document = try BenchFile.read(Self.document(name))
        let path = temporary.path.appending("\(name)-whole.json").string
        try BenchFile.write(
            BenchDocument(kmatrix: document.kmatrix, finished: document.finished, machine: document.machine, parts: document.parts.filter { $0.key != .agent }),
            to: path)
        return path
    }

    @Test("the same kmatrix measured again is no regression: code 0, and a row for each ratio")
    func same() async throws {
        let said = try await bench("compare", whole("second"), "--baseline", whole("first"))
        #expect(said.code == 0, "\(said.stderr)")
        #expect(said.stdout.contains("planning 5070 cells / the yardstick") && said.stdout.contains("not asked for:") && !said.stdout.contains("worse"))
    }

    @Test("a regression is code 1, also where a part is absent; a part that is absent alone is code 3 and says why")
    func codes() async throws {
        let regression = try await bench("compare", Self.document("unoptimised"), "--baseline", Self.document("first"))
        #expect(
            regression.code == 1 && regression.stdout.contains("worse") && regression.stdout.contains("absent: agent: "),
            "\(regression.stdout)\(regression.stderr)")
        let tolerated = try await bench("compare", whole("unoptimised"), "--baseline", whole("first"), "--tolerance", "10000")
        #expect(tolerated.code == 0, "\(tolerated.stdout)")
        let absent = try await bench("compare", Self.document("second"), "--baseline", Self.document("first"))
        #expect(absent.code == 3 && absent.stdout.contains("absent: agent: "), "\(absent.stdout)")
    }

    @Test("JSON has each ratio with both sides")
    func json() async throws {
        let said = try await bench("compare", whole("second"), "--baseline", whole("first"), "--format", "json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(said.stdout.utf8)) as? [String: Any])
        let rows = try #require(object["rows"] as? [[String: Any]])
        #expect(rows.contains { $0["part"] as? String == "judge" && $0["outcome"] as? String == "same" && $0["baseline"] != nil && $0["now"] != nil })
    }

    @Test("files that are missing, garbled or of another schema are code 2, on either side, and named")
    func badFiles() async throws {
        let good = Self.document("first")
        let files = [
            temporary.path.appending("missing.json").string, try write("", to: "empty.json"), try write("{\"schema\": 1, \"par", to: "cut.json"),
            try write(#"{"schema": 7}"#, to: "later.json"),
            temporary.path.string, Repository.root.appending(path: "Package.swift").path,
        ]
        for file in files {
            for (now, baseline) in [(file, good), (good, file)] {
                let said = try await bench("compare", now, "--baseline", baseline)
                #expect(said.code == 2 && said.stdout.isEmpty && said.stderr.contains("'\(file)'"), "\(said.code) \(said.stderr)")
            }
        }
    }

    @Test("a machine of another kind is code 2, and that there is no use in measuring is known before")
    func otherKind() async throws {
        let text = try String(contentsOfFile: Self.document("first"), encoding: .utf8)
        let other = try write(text.replacing(#""architecture" : "x86_64""#, with: #""architecture" : "s390x""#), to: "other.json")
        let compared = try await bench("compare", Self.document("first"), "--baseline", other)
        #expect(compared.code == 2 && compared.stderr.contains("s390x") && compared.stderr.contains("--baseline"), "\(compared.stderr)")
        let fits = try await bench("fits", other)
        #expect(fits.code == 3 && fits.stderr.contains("s390x"), "\(fits.stderr)")
    }

    @Test("what parts left becomes one document: measured, absent with the reason, or not asked for")
    func joining() async throws {
        let ratio = #"{"ratios":[{"name":"a / b","spread":{"min":1,"median":2,"max":3}}],"figures":{"seconds":[1,2.5,null,true,"x"]}}"#
        for (name, text) in [
            "plan.json": ratio, "plan.err": "preparing\n", "plan.end": "0 12\n", "peer.json": "", "peer.err": "looking\nno such package as virtme-ng\n\n",
            "peer.end": "1 3\n",
            "judge.json": "", "judge.err": "Error: there is no mirror\nUsage: kmatrix\n", "judge.end": "2 0\n", "history.json": "{}", "history.err": "",
            "history.end": "0 1\n",
            "report.json": ratio, "report.err": "", "report.end": "1 1\n",
        ] { _ = try write(text, to: name) }
        let out = temporary.path.appending("document.json").string
        let said = try await bench("join", temporary.path.string, "--out", out)
        #expect(said.code == 3 && said.stdout.isEmpty && said.stderr.contains("absent: peer: no such package as virtme-ng"), "\(said.stderr)")
        let document = try BenchFile.read(out)
        guard case .measured(let measurement, 12)? = document.parts[.plan] else { return #expect(Bool(false), "\(document.parts)") }
        #expect(measurement.ratios.map(\.name) == ["a / b"])
        #expect(measurement.figures == .object(["seconds": .list([.number(1), .number(2.5), .null, .flag(true), .text("x")])]))
        #expect(document.parts[.judge] == .absent(reason: "there is no mirror"))
        #expect(document.parts[.cell] == .notAskedFor && document.parts[.agent] == .notAskedFor)
        #expect(Set(document.absent.map(\.part)) == [.peer, .judge, .history, .report])
        #expect(document.machine.cores > 0 && document.machine.memoryMiB > 0 && document.machine.architecture == "x86_64")
    }

    @Test("the stored baseline can be read, and has whatever can be had")
    func baseline() throws {
        let document = try BenchFile.read(Repository.root.appending(path: "ci/bench-baseline.json").path)
        for part in BenchPart.allCases { #expect(document.parts[part] != .notAskedFor, "\(part)") }
    }

    @Test("ci/bench knows the same parts in the same order")
    func parts() throws {
        let script = try String(contentsOf: Repository.root.appending(path: "ci/bench"), encoding: .utf8)
        #expect(script.contains("parts=(\(BenchPart.allCases.map(\.rawValue).joined(separator: " ")))"))
    }

    @Test("planning is not measured by parts")
    func shards() async throws {
        let said = try await bench("plan", "--shard", "1/2")
        #expect(said.code == 2 && said.stderr.contains("--shard"))
    }
}
