/// What the kernel's verifier wrote of a program, taken apart: instructions, each under the source line it was compiled from.
///
/// The log is the kernel's (kernel/bpf/verifier.c, kernel/bpf/disasm.c): `; ` before a source line, `12: (85) call …` for an instruction,
/// registers behind `R0=…` or `12: R0=…`, statistics at its end, and between them, last, why the program was refused.
public struct VerifierLog: Hashable, Sendable {
    public struct Instruction: Hashable, Sendable {
        public let index: Int
        /// The first byte of the instruction, which says what it is.
        public let opcode: UInt8
        /// As the kernel prints it: `call bpf_get_retval#186`.
        public let text: String
        /// The source line it belongs to; nil for a program without line information.
        public let source: String?
        /// The number of its line in the log, from 1.
        public let line: Int
    }

    public let instructions: [Instruction]
    /// The verifier's own words for a refusal: the last line that is neither trace nor statistics.
    public let refusal: String?
    /// The number of that line, from 1.
    public let refusalLine: Int?

    /// Where verification stopped. A program that was refused before any instruction was looked at has none.
    public var last: Instruction? { instructions.last }

    /// - Parameter text: A whole log, or as much of one as `status.json` carries.
    public init(_ text: some StringProtocol) {
        var instructions: [Instruction] = []
        var source: String?
        var refusal: (String, Int)?
        for (offset, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = raw.trimmingPrefix(while: { $0 == " " })
            if line.isEmpty { continue }
            if line.first == ";" {
                source = Self.sourceLine(line.dropFirst())
            } else if let (index, opcode, words) = Self.instruction(line) {
                instructions.append(Instruction(index: index, opcode: opcode, text: words, source: source, line: offset + 1))
            } else if !Self.isTrace(line) {
                refusal = (String(line), offset + 1)
            }
        }
        self.instructions = instructions
        self.refusal = refusal?.0
        refusalLine = refusal?.1
    }

    /// Newer kernels append `@ file.c:12` to it.
    private static func sourceLine(_ text: some StringProtocol) -> String? {
        let trimmed = text.trimmingPrefix(while: { $0 == " " })
        return trimmed.isEmpty ? nil : String(trimmed)
    }

    private static func instruction(_ line: some StringProtocol) -> (Int, UInt8, String)? {
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        guard let index = Int(digits) else { return nil }
        let rest = line.dropFirst(digits.count)
        guard rest.hasPrefix(": ("), let opcode = UInt8(rest.dropFirst(3).prefix(2), radix: 16), rest.dropFirst(5).first == ")" else { return nil }
        // What follows a semicolon are registers.
        let words = rest.dropFirst(6).prefix { $0 != ";" }
        return (index, opcode, String(words).trimmed)
    }

    private static let statistics = [
        "processed ", "verification time", "stack depth", "-- END PROG LOAD LOG", "-- BEGIN PROG LOAD LOG",
        "from ", "regs=", "last_idx", "mark_precise:", "parent ", "caller:", "callee:", "frame",
    ]

    private static func isTrace(_ line: some StringProtocol) -> Bool {
        if statistics.contains(where: { line.hasPrefix($0) }) { return true }
        if line.first == "R", line.contains("=") { return true }
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        return !digits.isEmpty && line.dropFirst(digits.count).hasPrefix(": R")
    }
}

extension String {
    var trimmed: String {
        var rest = self[...]
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest.drop(while: \.isWhitespace))
    }
}
