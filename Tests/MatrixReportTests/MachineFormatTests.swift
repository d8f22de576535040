import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import Testing

@testable import MatrixReport

/// A Python with the packages that other programs check our files with.
enum TestPython {
    static let path = ProcessInfo.processInfo.environment["KMATRIX_TEST_PYTHON"].flatMap { FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil }

    struct Ended {
        let code: Int32
        let output: String
    }

    static func run(_ arguments: [String], input: [UInt8] = []) throws -> Ended {
        let process = Process()
        process.executableURL = URL(filePath: try #require(path))
        process.arguments = arguments
        let (output, feed) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = output
        process.standardInput = feed
        try process.run()
        // The programs read everything before they say anything.
        try feed.fileHandleForWriting.write(contentsOf: Data(input))
        try feed.fileHandleForWriting.close()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Ended(code: process.terminationStatus, output: String(decoding: said, as: UTF8.self))
    }
}

@Suite("Reports for programs")
struct MachineFormatTests {
    static let withPython: ConditionTrait = .enabled(if: TestPython.path != nil, "KMATRIX_TEST_PYTHON names no Python; ci/test sets it")

    private func schema() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(SiteFile.reportLinesSchema)) as? [String: Any])
    }

    private func definition(_ name: String) throws -> [String: Any] {
        let definitions = try #require(try schema()["$defs"] as? [String: Any])
        return try #require(definitions[name] as? [String: Any])
    }

    @Test("the schema knows every member, verdict, cause, fault, layout and phase")
    func schemaIsWhole() throws {
        let cell = try definition("cell")
        let properties = try #require(cell["properties"] as? [String: [String: Any]])
        let encoded = try #require(
            try JSONSerialization.jsonObject(with: RunFolder.encoder().encode(try ReportSamples.record("6.1.176-1", .unified))) as? [String: Any])
        #expect(Set(properties.keys) == Set(encoded.keys))
        #expect(Set(try #require(cell["required"] as? [String])) == Set(encoded.keys))
        func values(_ name: String) -> Set<String> { Set((properties[name]?["enum"] as? [Any] ?? []).compactMap { $0 as? String }) }
        #expect(values("verdict") == Set(Verdict.allCases.map(\.rawValue)))
        #expect(values("cause") == Set(Cause.allCases.map(\.rawValue)))
        #expect(values("fault") == Set(Cause.allCases.map(\.fault.rawValue)))
        #expect(values("cgroup") == Set(CgroupLayout.allCases.map(\.rawValue)))
        let phases = (properties["seconds"]?["propertyNames"] as? [String: Any])?["enum"] as? [String]
        #expect(Set(phases ?? []) == Set(Phase.allCases.map(\.rawValue)))
        #expect((properties["schema"]?["const"] as? Int) == CellRecord.schema)
        let proof = try #require(properties["proofs"]?["items"] as? [String: Any])
        let proofProperties = try #require(proof["properties"] as? [String: [String: Any]])
        let result = try JSONSerialization.jsonObject(with: RunFolder.encoder().encode(ReportSamples.proof(.load))) as? [String: Any]
        #expect(Set(proofProperties.keys) == Set(try #require(result).keys) && Set(proof["required"] as? [String] ?? []) == Set(proofProperties.keys))
        #expect(Set(proofProperties["state"]?["enum"] as? [String] ?? []) == Set(ProofState.allCases.map(\.rawValue)))
        let run = try definition("run")
        let written = try #require(try JSONSerialization.jsonObject(with: RunFolder.encoder().encode(ReportSamples.run())) as? [String: Any])
        #expect(Set(try #require(run["required"] as? [String])) == Set(written.keys))
    }

    @Test("every line is one object that can be read alone")
    func lines() throws {
        let bytes = try LinesReport(document: try ReportSamples.document()).render()
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 1 + (try ReportSamples.cells().count))
        let first = try #require(lines.first)
        #expect(try JSONDecoder().decode([String: RunRecord].self, from: Data(first))["run"] == ReportSamples.run())
        let read = try lines.dropFirst().map { try JSONDecoder().decode([String: CellRecord].self, from: Data($0))["cell"] }
        #expect(try read == ReportSamples.cells())
    }

    static let validation = """
        import json, sys, jsonschema
        schema, *files = sys.argv[1:]
        validator = jsonschema.Draft202012Validator(json.load(open(schema)))
        jsonschema.Draft202012Validator.check_schema(validator.schema)
        for line in sys.stdin:
            for error in validator.iter_errors(json.loads(line)):
                print(line[:200], error.message[:500])
        """

    /// - Returns: The path of the schema.
    @discardableResult
    static func expectValidLines(_ lines: [UInt8], in sample: StoredSample) throws -> FilePath {
        let schema = sample.place.appending("schema.json")
        try DurableFile.write(SiteFile.reportLinesSchema, to: schema)
        let said = try TestPython.run(["-c", validation, schema.string], input: lines)
        #expect(said.code == 0 && said.output.isEmpty, "\(said.output)")
        return schema
    }

    @Test("every line of a run is valid by the schema, and what no run writes is not", withPython)
    func valid() throws {
        let sample = try StoredSample(try ReportSamples.cells())
        let lines = try #require(try sample.report().render(.jsonl))
        let schema = try Self.expectValidLines(lines, in: sample)
        for (from, to) in [
            ("\"verdict\":\"incompatible\"", "\"verdict\":\"compatible\""), ("\"schema\":2", "\"schema\":1"), ("\"cgroup\":\"legacy\"", "\"cgroup\":\"v3\""),
        ] {
            let forged = String(decoding: lines, as: UTF8.self).replacing(from, with: to)
            #expect(try !TestPython.run(["-c", Self.validation, schema.string], input: Array(forged.utf8)).output.isEmpty, "\(to) passes")
        }
    }

    @Test("KCIDB's own package takes the report", withPython)
    func kcidb() throws {
        let sample = try StoredSample(try ReportSamples.cells(), run: ReportSamples.run(ReportFormatTests.hostile))
        try Self.expectValidKCIDB(try #require(try sample.report().render(.kcidb)))
    }

    static func expectValidKCIDB(_ report: [UInt8]) throws {
        let script = "import json, sys, kcidb_io; kcidb_io.schema.LATEST.validate_exactly(json.load(sys.stdin)); print('valid')"
        let said = try TestPython.run(["-c", script], input: report)
        #expect(said.output == "valid\n", "\(said.output.suffix(2000))")
    }

    @Test("KCIDB gets a test for each cell that has a kernel, with its status and why")
    func kcidbContent() throws {
        let sample = try StoredSample(try ReportSamples.cells())
        let report = try #require(try sample.report().render(.kcidb))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(report)) as? [String: Any])
        let tests = try #require(object["tests"] as? [[String: Any]])
        #expect(tests.count == (try ReportSamples.cells().count { $0.kernel != nil }))
        let rejected = try #require(tests.first { ($0["misc"] as? [String: String])?["cause"] == "verifier-rejected" })
        #expect(rejected["status"] as? String == "FAIL")
        #expect((rejected["log_excerpt"] as? String)?.contains("invalid func unknown#186") == true)
        #expect((object["builds"] as? [Any])?.count == 2 && (object["checkouts"] as? [Any])?.count == 2)
        #expect((object["incidents"] as? [Any])?.count == tests.count { ($0["misc"] as? [String: String])?["cause"] != nil })
    }
}
