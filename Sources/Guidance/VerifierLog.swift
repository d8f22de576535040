/// A parsed verifier log: instructions, each with the source line it was compiled from, and the reason
/// for a refusal, which is every line between the trace and the statistics.
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

    /// The result of verification, as far as the log shows it.
    public enum State: Hashable, Sendable {
        /// There is a reason.
        case refused
        /// Statistics and no reason: the verifier had no objection.
        case finished
        /// Nothing at all: the verifier did not run, or wrote nothing.
        case empty
        /// The log breaks off before its end.
        case cut
    }

    public let state: State
    public let instructions: [Instruction]
    /// The verifier's own words for a refusal, in order.
    public let reasons: [String]
    /// The number of the last reason's line, from 1.
    public let refusalLine: Int?
    /// How many instructions the verifier looked at; nil without statistics.
    public let processed: Int?
    /// The most it would have looked at.
    public let limit: Int?
    /// Whether the log shows where the reason ends: by statistics, a loader's frame, or the end of a whole message.
    public let isEnded: Bool
    /// Whether the last reason may be half a line, so that the number at its end is not to be trusted.
    public let isHalf: Bool
    /// Source lines, which may show the program's type.
    let sources: [String]

    /// The reason that is explained: the last one, unless an earlier one is known.
    public var refusal: String? { reasons.first { VerifierRule.matching($0) != nil } ?? reasons.last }

    /// Where verification stopped. A program that was refused before any instruction was looked at has none.
    public var last: Instruction? { instructions.last }

    /// - Parameters:
    ///   - text: A whole log, or as much of one as `status.json` carries.
    ///   - isWhole: Whether nothing is missing at its end.
    public init(_ text: some StringProtocol, isWhole: Bool = false) {
        var builder = VerifierLogBuilder()
        for (offset, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            builder.add(String(line), number: offset + 1)
        }
        // A last line without a line end may be half of one.
        if !isWhole, let last = text.last, !last.isNewline { builder.breaksOff() }
        self = builder.log(isWhole: isWhole)
    }

    init(
        state: State, instructions: [Instruction], reasons: [String], refusalLine: Int?, processed: Int?, limit: Int?, isEnded: Bool, isHalf: Bool,
        sources: [String]
    ) {
        self.state = state
        self.instructions = instructions
        self.reasons = reasons
        self.refusalLine = refusalLine
        self.processed = processed
        self.limit = limit
        self.isEnded = isEnded
        self.isHalf = isHalf
        self.sources = sources
    }

    /// The program's type, where its source lines name the type of its context.
    public var typeInSource: BPFProgramType? {
        for source in sources {
            for (words, type) in Self.contexts where source.contains(words) { return type }
        }
        return nil
    }

    private static let contexts: [(String, BPFProgramType)] = [
        ("struct bpf_sock_addr *", .cgroupSockAddr), ("struct bpf_sock_ops *", .sockOps), ("struct xdp_md *", .xdp), ("struct bpf_sockopt *", .cgroupSockopt),
        ("struct pt_regs *ctx", .kprobe), ("BPF_KPROBE(", .kprobe), ("BPF_KRETPROBE(", .kprobe), ("struct bpf_raw_tracepoint_args *", .rawTracepoint),
    ]
}

/// Puts a log together, line by line.
struct VerifierLogBuilder {
    private var instructions: [VerifierLog.Instruction] = []
    private var others: [(text: String, line: Int)] = []
    private var source: String?
    private var sources: [String] = []
    private var statistics: (processed: Int, limit: Int?)?
    private var hasTrace = false
    private(set) var isEnded = false
    private var isHalf = false
    /// Whether a one-line form says that it has the end of the log.
    private var endsOneLine = false

    private static let mostInstructions = 20_000

    /// Whether there is anything of a verifier's in it.
    var isEmpty: Bool { instructions.isEmpty && others.isEmpty && statistics == nil && !hasTrace }
    var hasStatistics: Bool { statistics != nil }
    var trailingOthers: Int { others.count }

    mutating func add(_ text: String, number: Int) { add(VerifierLine(text), text, number: number) }

    mutating func add(_ line: VerifierLine, _ text: String, number: Int) {
        switch line {
        case .instruction(let index, let opcode, let words):
            // What stood in front of an instruction explains no refusal.
            others = []
            if instructions.count < Self.mostInstructions {
                instructions.append(VerifierLog.Instruction(index: index, opcode: opcode, text: words, source: source, line: number))
            } else {
                instructions[instructions.count - 1] = VerifierLog.Instruction(index: index, opcode: opcode, text: words, source: source, line: number)
            }
        case .source(let text):
            source = text.isEmpty ? nil : text
            if sources.count < 64, !text.isEmpty { sources.append(text) }
        case .trace:
            others = []
            hasTrace = true
        case .summary: hasTrace = true
        case .statistics(let processed, let limit): statistics = statistics ?? (processed, limit)
        case .begin(let rest):
            for part in takeOneLine(rest) { add(part, number: number) }
        case .end: isEnded = true
        case .blank: break
        case .other: addOther(text, number: number)
        }
    }

    private mutating func addOther(_ text: String, number: Int) {
        // Behind the statistics nothing is the verifier's.
        guard statistics == nil, !isEnded, others.count < 16 else { return }
        for part in takeOneLine(text.trimmed) where !part.isEmpty { others.append((part, number)) }
    }

    /// The lines of a one-line form, which joins them by `: ` and says how many it left out:
    /// `6: (85) call bpf_x#125: unknown func bpf_x#125 (12 line(s) omitted)`.
    mutating func takeOneLine(_ text: String) -> [String] {
        guard !text.isEmpty else { return [] }
        var text = text
        if let range = text.ranges(of: " (").last(where: { text[$0.upperBound...].contains("line(s) omitted)") }) {
            text = String(text[..<range.lowerBound])
            endsOneLine = true
        }
        guard case .instruction = VerifierLine(text), let range = text.ranges(of: ": ").dropFirst().last else { return [text] }
        return [String(text[..<range.lowerBound]), String(text[range.upperBound...])]
    }

    /// The last line may be half of one: what it ends in is not what stood there.
    mutating func breaksOff() { isHalf = true }

    func log(isWhole: Bool) -> VerifierLog {
        let isEnded = isEnded || endsOneLine || statistics != nil || isWhole
        var kept = others
        // Without an end only words that are known are believed to be the verifier's, and no half line.
        if !isEnded { kept = kept.filter { VerifierRule.matching($0.text) != nil } }
        let isTooLarge = statistics.map { statistic in statistic.limit.map { statistic.processed > $0 } ?? false } ?? false
        if kept.isEmpty, isTooLarge, let statistics { kept = [("BPF program is too large. Processed \(statistics.processed) insn", 0)] }
        let state: VerifierLog.State =
            !kept.isEmpty ? .refused : statistics != nil ? .finished : !isEnded && !isEmpty ? .cut : instructions.isEmpty && !hasTrace ? .empty : .cut
        return VerifierLog(
            state: state, instructions: instructions, reasons: kept.map(\.text), refusalLine: kept.last?.line, processed: statistics?.processed,
            limit: statistics?.limit, isEnded: isEnded,
            isHalf: isHalf && !isEnded, sources: sources)
    }
}

extension String {
    var trimmed: String {
        var rest = self[...]
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest.drop(while: \.isWhitespace))
    }
}
