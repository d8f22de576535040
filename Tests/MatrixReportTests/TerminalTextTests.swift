import MatrixReport
import Testing

@Suite("Text for a terminal")
struct TerminalTextTests {
    @Test("is left alone when it is harmless", arguments: ["", "micro/6.1.176-1/cloud-amd64/legacy", "Grüße, 内核 ✔", "a b"])
    func harmless(text: String) { #expect(TerminalText.escaped(text) == text) }

    @Test(
        "writes out what would steer the terminal or hide what is said",
        arguments: [
            ("\u{1B}[31mred", "\\u{1b}[31mred"), ("a\r\nb", "a\\u{d}\\u{a}b"), ("\u{202E}txt", "\\u{202e}txt"), ("\u{9B}2J", "\\u{9b}2J"),
            ("a\u{200B}b\u{2028}", "a\\u{200b}b\\u{2028}"), ("\u{7F}\u{0}", "\\u{7f}\\u{0}"),
        ])
    func harmful(text: String, escaped: String) { #expect(TerminalText.escaped(text) == escaped) }
}
