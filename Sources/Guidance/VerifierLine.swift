/// One line of a verifier log, recognised by its grammar (kernel/bpf/verifier.c, kernel/bpf/disasm.c, kernel/bpf/log.c).
enum VerifierLine: Hashable {
    /// `12: (85) call bpf_loop#181`; what follows a semicolon are registers.
    case instruction(index: Int, opcode: UInt8, text: String)
    /// `; if (x) @ file.c:12`
    case source(String)
    /// Registers and progress of the verifier: `R1=ctx()`, `from 10 to 24: …`, `last_idx 3 …`.
    case trace
    /// `verification time 231 usec`, `stack depth 16`: what a verbose log has between the reason and the statistics.
    case summary
    /// `processed 93 insns (limit 1000000) …`
    case statistics(processed: Int, limit: Int?)
    /// A loader's line in front of a log. What follows it on the same line belongs to the log.
    case begin(rest: String)
    /// A loader's line behind a log.
    case end
    case blank
    /// Anything else. Between the trace and the statistics it is the reason.
    case other

    init(_ text: String) {
        let bytes = Array(text.utf8)
        let start = bytes.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? bytes.count
        let line = bytes[start...]
        guard let first = line.first else {
            self = .blank
            return
        }
        if first == UInt8(ascii: ";") {
            self = .source(String(decoding: line.dropFirst(), as: UTF8.self).trimmed)
        } else if let instruction = Self.instruction(line) {
            self = instruction
        } else if let statistics = Self.statistics(line) {
            self = statistics
        } else if Self.summaries.contains(where: { line.starts(with: $0) }) {
            self = .summary
        } else if Self.isTrace(line) {
            self = .trace
        } else {
            self = Self.frame(text)
        }
    }

    // MARK: - Grammar

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func instruction(_ line: ArraySlice<UInt8>) -> VerifierLine? {
        let digits = line.prefix { isDigit($0) }
        guard !digits.isEmpty, digits.count <= 7, let index = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        let rest = line[digits.endIndex...]
        guard rest.starts(with: ": (".utf8), rest.count > 6, rest[rest.startIndex + 5] == UInt8(ascii: ")"),
            let opcode = UInt8(String(decoding: rest[(rest.startIndex + 3)..<(rest.startIndex + 5)], as: UTF8.self), radix: 16)
        else { return nil }
        let words = rest[(rest.startIndex + 6)...].prefix { $0 != UInt8(ascii: ";") }
        return .instruction(index: index, opcode: opcode, text: String(decoding: words, as: UTF8.self).trimmed)
    }

    /// Accepts a truncated line: `processed 12 insns` is enough.
    private static func statistics(_ line: ArraySlice<UInt8>) -> VerifierLine? {
        guard line.starts(with: "processed ".utf8) else { return nil }
        let words = String(decoding: line.prefix(200), as: UTF8.self).split(separator: " ")
        guard words.count >= 3, let count = Int(words[1]), words[2].hasPrefix("insn") else { return nil }
        let limit = words.count > 4 && words[3] == "(limit" && words[4].hasSuffix(")") ? Int(words[4].filter { $0.isASCII && $0.isNumber }) : nil
        return .statistics(processed: count, limit: limit)
    }

    private static let traceStarts = [
        "from ", "last_idx ", "regs=", "parent already had ", "parent didn't have ", "mark_precise: ", "propagating ", "caller:", "callee:",
        "returning from callee", "to caller at ", "Live regs before ",
    ].map { Array($0.utf8) }

    private static let summaries = ["verification time ", "stack depth ", "max_states_per_insn", "peak_states", "mark_read"].map { Array($0.utf8) }

    private static func isTrace(_ line: ArraySlice<UInt8>) -> Bool {
        if isState(line) || traceStarts.contains(where: { line.starts(with: $0) }) { return true }
        let digits = line.prefix { isDigit($0) }
        if !digits.isEmpty, line[digits.endIndex...].starts(with: ": ".utf8) {
            let rest = line[(digits.endIndex + 2)...]
            return isState(rest) || rest.starts(with: "safe".utf8)
        }
        // `func#1 @12`, `Func#1 is global and valid. Skipping.`, `Validating f() func#1...`, `frame1: R6=…`
        let text = String(decoding: line.prefix(120), as: UTF8.self)
        if text.hasPrefix("func#"), text.contains(" @") { return true }
        if text.hasPrefix("Func#"), text.contains("is global and ") || text.contains("is safe for any args") { return true }
        if text.hasPrefix("Validating "), text.contains("func#") { return true }
        return text.hasPrefix("frame") && text.dropFirst(5).first?.isNumber == true && text.contains(": R")
    }

    /// `R1=…`, `R1_w=…`, `R0_rw=…`, `fp-8=…`; not `R1 type=ctx expected=fp`, which is a reason.
    private static func isState(_ line: ArraySlice<UInt8>) -> Bool {
        if line.starts(with: "fp-".utf8) { return line.prefix(12).contains(UInt8(ascii: "=")) }
        guard line.first == UInt8(ascii: "R") else { return false }
        let digits = line.dropFirst().prefix { isDigit($0) }
        guard !digits.isEmpty, digits.count <= 2 else { return false }
        let mark = line[digits.endIndex...].prefix { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "w") || $0 == UInt8(ascii: "r") || $0 == UInt8(ascii: "D") }
        return line[mark.endIndex...].first == UInt8(ascii: "=")
    }

    // MARK: - Frames of loaders

    private static let begins = [
        "-- BEGIN PROG LOAD LOG --", "-- BEGIN DUMP LOG ---", "-- BEGIN LOG --", "Verifier output:", "Verifier analysis:", "Verifier log:", "Kernel error log:",
        "verifier log:",
        "Verifier error:", "verifier output:",
    ]
    private static let ends = ["-- END PROG LOAD LOG --", "-- END LOG --", "-- END DUMP LOG", "Error fetching program/map!"]

    private static func frame(_ text: String) -> VerifierLine {
        if ends.contains(where: { text.contains($0) }) { return .end }
        // cilium/ebpf has the log's last lines behind the error: `load program: permission denied: 6: (85) call …: unknown func … (9 line(s) omitted)`.
        if let range = text.firstRange(of: "load program: ") { return loadProgram(text[range.upperBound...]) }
        // Type information that the kernel did not take is dumped in the same way. Loaders go on without it.
        if text.contains("BPF_BTF_LOAD") { return .other }
        for words in begins {
            guard let range = text.firstRange(of: words) else { continue }
            // The program's name and error may follow once more before its log.
            let rest = String(text[range.upperBound...]).trimmed
            // The agent's words where the verifier wrote nothing: `Verifier output: (none): Invalid argument`.
            return rest.hasPrefix("(none)") ? .end : .begin(rest: rest)
        }
        // bcc: `bpf: Failed to load program: Permission denied`.
        if text.hasPrefix("bpf: Failed to load program") || text.contains("load bpf program failed") { return .begin(rest: "") }
        return .other
    }

    private static func loadProgram(_ behind: Substring) -> VerifierLine {
        let rest = String(behind)
        // A loader that has a log writes a colon in front of it.
        guard let colon = rest.firstIndex(of: ":") else { return SystemError(in: rest) == nil ? .begin(rest: "") : .other }
        // Only behind an error there is a log.
        guard SystemError(in: rest[..<colon]) != nil else { return .begin(rest: rest.trimmed) }
        let log = String(rest[rest.index(after: colon)...]).trimmed
        // containerd ends its own errors with their class.
        return log.filter { $0 != "\"" && $0 != "\\" } == "unknown" ? .other : .begin(rest: log)
    }
}
