import Foundation
import Measurements
import Testing

@Suite("A measurement as a file")
struct BenchDocumentTests {
    @Test("it is read as it was written", arguments: ["first", "second", "unoptimised"])
    func roundTrip(name: String) throws {
        let document = try MeasuredDocuments.document(name)
        #expect(try BenchDocument(parsing: JSONEncoder().encode(document), name: name) == document)
        // They were captured before diagnose was one of the parts.
        #expect(Set(document.parts.keys) == Set(BenchPart.allCases).subtracting([.diagnose]))
        #expect(document.absent.map(\.part) == [.agent])
    }

    @Test(
        "what is none is refused, and the file, the reason and a remedy are said",
        arguments: [
            ("", MeasurementError.Code.garbled, "is no measurement"), ("{", .garbled, "is no measurement"), ("[]", .garbled, "is no measurement"),
            ("{}", .garbled, "'schema' is missing"), (#"{"schema": 2}"#, .otherSchema, "of schema 2"), (#"{"schema": 1}"#, .garbled, "is missing"),
            (#"{"schema": "1"}"#, .garbled, "'schema'"),
        ])
    func noDocument(text: String, code: MeasurementError.Code, hint: String) throws {
        let error = try #require(throws: MeasurementError.self) { try BenchDocument(parsing: Data(text.utf8), name: "mine.json") }
        #expect(error.code == code)
        #expect("\(error)".contains(hint) && "\(error)".contains("mine.json") && "\(error)".contains("ci/bench all"), "\(error)")
    }

    @Test("one that was cut off is refused wherever it ends")
    func cut() throws {
        let data = try MeasuredDocuments.data("first")
        let whole = data.lastIndex(of: UInt8(ascii: "}")) ?? data.endIndex
        for length in stride(from: 0, through: whole, by: 97) {
            #expect(throws: MeasurementError.self, "\(length)") { try BenchDocument(parsing: data.prefix(length), name: "mine.json") }
        }
    }

    @Test(
        "a part nobody knows, a state nobody knows and a ratio that cannot be are refused",
        arguments: [
            (#""plan":{"#, #""plane":{"#), (#""state":"measured""#, #""state":"guessed""#), (#""cores":2"#, #""cores":"two""#), (#""min":1.5"#, #""min":-1.5"#),
            (#""min":1.5"#, #""min":0"#), (#""min":1.5"#, #""min":2.25"#), (#""max":2.5"#, #""max":1.75"#), (#""max":2.5"#, #""max":1e999"#),
            (#""median":2"#, #""middle":2"#),
        ])
    func nonsense(text: String, other: String) throws {
        let ratio = MeasuredRatio("planning / the yardstick", Spread([1.5, 2, 2.5]))
        let document = BenchDocument(
            kmatrix: "0.1.0", finished: "2026-11-25T08:00:00Z",
            machine: BenchMachine(architecture: "x86_64", cores: 2, memoryMiB: 8000, accelerator: "tcg", emulator: "7.2"),
            parts: [.plan: .measured(.init(ratios: [ratio], figures: .null), seconds: 1)])
        let written = String(decoding: try JSONEncoder().encode(document), as: UTF8.self)
        try #require(written.contains(text))
        let error = #expect(throws: MeasurementError.self) { try BenchDocument(parsing: Data(written.replacing(text, with: other).utf8), name: "mine.json") }
        #expect(error?.code == .garbled)
    }

    @Test("a ratio that stands in it twice is refused")
    func twice() throws {
        let ratio = MeasuredRatio("a / b", Spread([1]))
        let document = try MeasuredDocuments.document("first").with([.cell: .measured(.init(ratios: [ratio, ratio], figures: .null), seconds: 1)])
        #expect(throws: MeasurementError.self) { try BenchDocument(parsing: JSONEncoder().encode(document), name: "mine.json") }
    }
}
