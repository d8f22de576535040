/// One reason of the verifier's that is known: its words, what they mean, and what answers them.
///
/// This table is the only place that knows the words. A reason that matches no rule is *not known here*, which is an answer too.
public struct VerifierRule: Hashable, Sendable {
    /// The answer to a reason.
    public enum Answer: Hashable, Sendable {
        /// The kernel lacks something that later ones have.
        case lacks(KernelFeature)
        /// The program breaks a rule that every kernel has; no newer kernel is known to take it.
        case program
        /// The process lacks a capability, and so stricter rules apply to it.
        case privilege
        /// The kernel was built without an option.
        case configuration(String)
        /// The JIT compiler is off or lacks support.
        case jit
        /// A CO-RE relocation found nothing in this kernel's types.
        case relocation
        /// The verifier found a fault in itself.
        case kernelFault
        /// The kernel has the helper and does not let this program call it.
        case withheld(byLockdown: Bool)
        /// Not known here.
        case unknown
    }

    /// All of them occur in the line, in this order.
    public let words: [String]
    public let answer: Answer
    /// One sentence.
    public let reason: String
    /// Whether the words prove a verifier's refusal by themselves; others do within a log, or behind a register.
    let isDistinct: Bool
    /// Whether the words are the verifier's only behind a register, as in `R1 type=ctx expected=fp`.
    public let needsRegister: Bool

    init(_ words: String..., answer: Answer, isDistinct: Bool = true, needsRegister: Bool = false, _ reason: String) {
        self.words = words
        self.answer = answer
        self.reason = reason
        self.isDistinct = isDistinct
        self.needsRegister = needsRegister
    }

    /// The rule for a single line outside of any log.
    static func matchingAlone(_ line: String) -> VerifierRule? {
        let isRegister = line.utf8.first == UInt8(ascii: "R") && line.utf8.dropFirst().first.map { $0 >= 0x30 && $0 <= 0x39 } == true
        return matching(line).flatMap { $0.isDistinct || isRegister ? $0 : nil }
    }

    /// The rule of a verifier's words as a kernel prints them; nil for words that no rule has.
    public init?(words: String) {
        guard let found = Self.matching(words) else { return nil }
        self = found
    }

    /// The rule for a line; nil for unknown words. The words must begin the line or follow a colon or a quotation mark: within
    /// a sentence they are prose.
    static func matching(_ line: some StringProtocol) -> VerifierRule? {
        let text = String(line.utf8.count <= 600 ? line[...] : line.prefix(600))
        // Nearly every line of a log ends here.
        guard firstWords.matches(text) else { return nil }
        return all.first { $0.fits(text) }
    }

    private static let firstWords = WordAutomaton(all.compactMap(\.words.first))

    private func fits(_ text: String) -> Bool {
        guard let first = words.first, var range = text.firstRange(of: first) else { return false }
        guard needsRegister ? Self.isRegister(text[..<range.lowerBound]) : Self.begins(range.lowerBound, in: text) else { return false }
        for word in words.dropFirst() {
            guard let next = text[range.upperBound...].firstRange(of: word) else { return false }
            range = next
        }
        return true
    }

    private static func begins(_ position: String.Index, in text: String) -> Bool {
        let head = text[..<position].suffix(2)
        return head.isEmpty || head.hasSuffix(": ") || head.hasSuffix("\"") || head.hasSuffix("'") || head.hasSuffix("`") || isRegister(text[..<position])
    }

    /// `R1 unbounded memory access`: the register's number changes.
    private static func isRegister(_ head: Substring) -> Bool {
        let words = head.split(separator: " ")
        guard let last = words.last, head.hasSuffix(" "), last.first == "R", last.count <= 3, last.dropFirst().allSatisfy(\.isNumber), last.count >= 2 else {
            return false
        }
        return words.count == 1 || words.dropLast().last?.hasSuffix(":") == true
    }

    /// The order matters: the first that fits counts.
    public static let all: [VerifierRule] = relocations + helpers + features + privileges + configurations + limits + programFaults
}
