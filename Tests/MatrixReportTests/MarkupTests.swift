import Testing

@testable import MatrixReport

@Suite("Markup")
struct MarkupTests {
    @Test(
        "shows what stands between backticks as code, and escapes it like everything else",
        arguments: [
            ("plain & simple", "plain &amp; simple"), ("see `status.json`.", "see <code>status.json</code>."),
            ("`a` and `<b>`", "<code>a</code> and <code>&lt;b&gt;</code>"), ("one ` alone", "one ` alone"), ("", ""), ("``", ""),
        ])
    func prose(text: String, expected: String) {
        var markup = Markup()
        markup.prose(text)
        #expect(String(decoding: markup.bytes, as: UTF8.self) == expected)
    }
}
