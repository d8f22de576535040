import Diagnosis
import Foundation
import Guidance
import Testing

@Suite("Long logs")
struct LogSieveTests {
    static let failure = """
        2026-02-11T15:00:00.001Z [ERROR]   Failed to load program 'connect4' with error: the BPF_PROG_LOAD syscall failed. Verifier output: 0: (bf) r6 = r1
        2026-02-11T15:00:00.002Z [ERROR]   1: (85) call bpf_get_retval#186
        2026-02-11T15:00:00.003Z [ERROR]   invalid func unknown#186
        2026-02-11T15:00:00.004Z [ERROR]   processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0

        """

    static func noise(_ count: Int) -> [UInt8] {
        (0..<count).flatMap { Array("2026-02-11T10:00:00.000Z [INFO]    request \($0) GET /metadata/instance status=200 elapsed=\($0 % 311)ms\n".utf8) }
    }

    static func sifted(_ bytes: [UInt8], limit: Int = 256 << 10, piece: Int) -> (bytes: [UInt8], isWhole: Bool) {
        var sieve = LogSieve(limit: limit)
        for start in stride(from: 0, to: bytes.count, by: piece) { sieve.add(bytes[start..<min(start + piece, bytes.count)]) }
        return (sieve.finish(), sieve.isWhole)
    }

    @Test("a failure is found wherever it stands, and however the text comes in", arguments: [0, 3_000, 9_000, 12_000], [4_096, 100_000])
    func found(before: Int, piece: Int) {
        let text = Self.noise(before) + Array(Self.failure.utf8) + Self.noise(12_000 - before)
        let (kept, isWhole) = Self.sifted(text, piece: piece)
        #expect(!isWhole && kept.count < 2 * (256 << 10))
        let diagnosis = Diagnosis([BundleFile(name: "a", bytes: kept)])
        #expect(diagnosis.conclusions.first?.summary.contains("in sock_addr programs since 6.1") == true, "\(diagnosis.conclusions)")
    }

    @Test("a short text is kept as it is")
    func short() {
        let text = Self.noise(10)
        #expect(Self.sifted(text, piece: 7) == (text, true))
    }

    @Test("a log that fails all the time is kept within the limit, with its first and its last failure")
    func repeated() {
        let text = (0..<4_000).flatMap { Array("failure \($0)\n\(Self.failure)".utf8) }
        let (kept, _) = Self.sifted(text, piece: 1 << 16)
        let words = String(decoding: kept, as: UTF8.self)
        #expect(kept.count < 2 * (256 << 10) && words.contains("failure 0\n") && words.contains("failure 3999\n") && words.contains("\n\(LogText.gap)\n"))
    }

    @Test("what a gap separates is not read as one log")
    func gap() {
        let text =
            "libbpf: prog 'p': -- BEGIN PROG LOAD LOG --\n0: (bf) r6 = r1\n1: (85) call bpf_x#4\n--\nR1 unbounded memory access\nprocessed 2 insns "
            + "(limit 1000000)\n"
        #expect(VerifierReport.all(in: LogText(text)).first?.log.state == .cut)
    }

    @Test("the automaton finds what a search for each word finds")
    func automaton() {
        let words = ["she", "he", "his", "hers", "a", "abab", "bab", "ababab", "BPF"]
        let automaton = WordAutomaton(words)
        for text in ["ushers", "ahishers", "abababa", "xbabx", "", "bp BPF", "hi she"] {
            let found = Array(text.utf8).withUnsafeBytes { automaton.words(in: $0) }
            for (number, word) in words.enumerated() { #expect(found.contains(number) == text.contains(word), "\(text) \(word)") }
        }
    }
}
