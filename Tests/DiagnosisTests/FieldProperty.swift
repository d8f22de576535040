import Diagnosis
import Guidance
import MatrixModel

/// What holds for every answer, as checks that return what breaks it. They take the diagnosis as a parameter, so that a broken one can show
/// that each check can fail.
enum FieldProperty {
    typealias Diagnose = ([BundleFile]) -> Diagnosis

    /// Under another name a file has the same answer.
    static func named(_ file: BundleFile, _ diagnose: Diagnose) -> [String] {
        let right = diagnose([file])
        return ["a.txt", "verifier.log", "status.json", "unit-state.txt", "agent-mountinfo.txt", "x/y/btf.txt"].compactMap { name in
            // Of a file in which nothing is recognised its name says what it should be.
            if name == "status.json", right.facts.isEmpty { return nil }
            let other = diagnose([BundleFile(name: name, bytes: file.bytes)])
            let isSame =
                other.codes == right.codes && other.outcome == right.outcome && other.conclusions.map(\.confidence) == right.conclusions.map(\.confidence)
            return isSame ? nil : "\(name): \(other.codes)"
        }
    }

    static let prefixes = [
        "    ", "\t", "> ", "app-1  | ", "Feb 17 12:00:00 HOST agent[4443]: ", "2026-02-17T12:00:00.123456+0000 host agent[7]: ", "[pod/agent-7/agent] ",
        "2025-09-06T07:00:00.000000000Z stderr F ",
        "agent.log-", "I0906 07:00:00.000000       1 loader.go:123] ", "[   12.345678] ", "<30>1 2026-02-17T12:00:00.1Z host agent 7 - - ",
    ]

    /// Behind a prefix of its lines a text has the same answer.
    static func prefixed(_ text: String, _ diagnose: Diagnose) -> [String] {
        let right = diagnose([Field.file("a.txt", text)])
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return prefixes.compactMap { prefix in
            let changed = (lines.last == "" ? lines.dropLast() : lines[...]).map { prefix + $0 + "\r\n" }.joined()
            let other = diagnose([Field.file("a.txt", changed)])
            return other.codes == right.codes && other.outcome == right.outcome ? nil : "\(prefix.debugDescription)\n\(FieldReportTests.words(other))"
        }
    }

    /// Where a text is cut: at both sides of every line's end, and within every line.
    static func cuts(_ bytes: [UInt8]) -> [Int] {
        let ends = bytes.indices.filter { bytes[$0] == 0x0A }
        let starts = [0] + ends.map { $0 + 1 }
        return Set(starts + ends + zip(starts, ends + [bytes.count]).map { ($0 + $1) / 2 } + [bytes.count - 1]).filter { (0...bytes.count).contains($0) }
            .sorted()
    }

    /// Causes that a part of a text proves of its own: a status that breaks off is broken, and a module that does not run does not run.
    private static let ofPart: Set<String> = ["agent-not-healthy", "load-failed", "agent-status-broken"]

    /// A part of a text has no certain answer that the whole does not have.
    static func cut(_ file: BundleFile, _ diagnose: Diagnose) -> [String] {
        let right = Set(diagnose([file]).codes)
        var found: [String] = []
        for length in cuts(file.bytes) {
            for part in [Array(file.bytes.prefix(length)), Array(file.bytes.suffix(length))] {
                for conclusion in diagnose([BundleFile(name: file.name, bytes: part)]).conclusions where conclusion.confidence == .certain {
                    // A message that breaks off within the verifier's trace is known to break off.
                    let isCutMessage = conclusion.wanted.contains(.verifierLog) && conclusion.summary.contains("breaks off")
                    let code = conclusion.guide.code
                    if right.contains(code) || ofPart.contains(code) || isCutMessage { continue }
                    found.append("\(length): \(code) \(conclusion.summary)\n\(String(decoding: part, as: UTF8.self))")
                }
            }
        }
        return found
    }

    /// No remedy contradicts its sentence: a newer kernel only where a feature is missing, or the kernel is below the floor.
    /// - Parameter remedies: Of a conclusion, in the family's commands.
    static func advised(_ diagnosis: Diagnosis, _ remedies: (Conclusion) -> [Remedy]) -> [String] {
        diagnosis.conclusions.compactMap { conclusion in
            guard remedies(conclusion).contains(where: { $0.action.hasPrefix(FieldReportTests.upgrade) }) else { return nil }
            let isMissing = conclusion.summary.contains("since ") || conclusion.guide.code == "kernel-too-old"
            return isMissing && !conclusion.summary.contains("newer kernel does not help") ? nil : conclusion.summary
        }
    }
}
