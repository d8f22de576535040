import Diagnosis
import Guidance
import MatrixModel
import Testing

/// Each property of the field's answers fails for a diagnosis that is broken in the way that it is about. A check that holds for these would
/// hold for anything.
@Suite("A broken diagnosis")
struct FieldPropertyTests {
    private static var single: [BundleFile] {
        get throws { try FieldReportTests.all.filter { !$0.file.hasSuffix(".tar.gz") }.flatMap { try FieldReportTests.files($0.file) } }
    }

    @Test("that goes by a file's name breaks the property of names")
    func byName() throws {
        // As it was once: a file counts as a verifier's log because of its name.
        let broken: FieldProperty.Diagnose = { Diagnosis($0.filter { !$0.name.hasSuffix("verifier.log") }) }
        #expect(try Self.single.contains { !FieldProperty.named($0, broken).isEmpty })
    }

    @Test("that knows no line prefix breaks the property of prefixes", arguments: FieldProperty.prefixes.filter { !$0.allSatisfy(\.isWhitespace) })
    func byPrefix(prefix: String) throws {
        // It passes over lines with this prefix, as a reader does that does not know it.
        let broken: FieldProperty.Diagnose = { files in
            Diagnosis(
                files.map { file in
                    Field.file(
                        file.name, file.text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix(prefix) }.joined(separator: "\n"))
                })
        }
        #expect(try Self.single.contains { file in FieldProperty.prefixed(file.text, broken).contains { $0.hasPrefix(prefix.debugDescription) } })
    }

    @Test("that takes what breaks off for the whole breaks the property of cuts")
    func byCut() throws {
        // It ends each log itself, so that half a line becomes the verifier's reason.
        let broken: FieldProperty.Diagnose = {
            Diagnosis($0.map { Field.file($0.name, $0.text + "\nprocessed 1 insns (limit 1000000) max_states_per_insn 0\n") })
        }
        let logs = try Self.single.filter { $0.text.contains("Verifier output: 0:") }
        #expect(!logs.isEmpty && logs.contains { !FieldProperty.cut($0, broken).isEmpty })
    }

    @Test("that advises a newer kernel against everything breaks the property of remedies")
    func byRemedy() throws {
        let files = try Self.single
        #expect(
            files.contains { file in
                !FieldProperty.advised(Diagnosis([file])) { $0.remedies(for: .other) + [Advice.kernelOfFloor(.init(major: 5, minor: 15)).remedy(for: .other)] }
                    .isEmpty
            })
        // The words by which the property knows such a remedy are those of the remedy.
        #expect(Advice.kernelOfFloor(.init(major: 5, minor: 15)).remedy(for: .debian).action.hasPrefix(FieldReportTests.upgrade))
    }

    @Test("that names a cause whenever its words occur is caught by the texts that are no case of it")
    func byNearMiss() throws {
        // Each such text behind a text that is a case: the cause is named, and the check sees it.
        let cases = try FieldReportTests.all.filter { !$0.file.hasSuffix(".tar.gz") && $0.code != nil }.map {
            (code: $0.code, text: try FieldReportTests.files($0.file)[0].text)
        }
        var caught: Set<String> = []
        for row in NearMissTests.rows {
            let isCaught = cases.contains { example in
                example.code == row.code
                    && NearMissTests.isNamed(row.code, in: Diagnosis([Field.file("case.txt", example.text), Field.file("other.txt", row.text)]))
            }
            if isCaught { caught.insert(row.code) }
        }
        // Causes that an own status or record proves have their cases elsewhere.
        #expect(caught.count >= 12, "\(caught.sorted())")
    }
}
