import Testing

@testable import MatrixReport

@Suite("Text of guests")
struct VisibleTextTests {
    @Test("what is plain stays as it is")
    func plain() {
        #expect(VisibleText.of("Linux 6.1 (débian) — ✔ 日本語\n\tend") == "Linux 6.1 (débian) — ✔ 日本語\n\tend")
    }

    @Test(
        "what would act is shown instead",
        arguments: [
            ("\u{1B}[2J", "␛[2J"), ("a\u{0}b", "a␀b"), ("a\r\nb", "a\nb"), ("over\rwritten", "over␍written"), ("\u{202E}evil", "⟨U+202E⟩evil"),
            ("\u{2066}x\u{2069}", "⟨U+2066⟩x⟨U+2069⟩"), ("a\u{200B}b", "a⟨U+200B⟩b"), ("\u{FEFF}", "⟨U+FEFF⟩"), ("\u{9B}31m", "⟨U+009B⟩31m"), ("\u{7F}", "␡"),
            ("\u{2028}", "⟨U+2028⟩"), ("\u{E0041}", "⟨U+E0041⟩"), ("\u{FFFF}", "⟨U+FFFF⟩"),
        ])
    func acting(text: String, visible: String) { #expect(VisibleText.of(text) == visible) }

    @Test("bytes that are no UTF-8 are shown as bytes, and what follows is not lost")
    func invalid() {
        #expect(VisibleText.of([0x61, 0xFF, 0xC3, 0x28, 0xE2, 0x82]) == "a⟨0xFF⟩⟨0xC3⟩(⟨0xE2⟩⟨0x82⟩")
    }

    @Test("a line stays one line and ends somewhere")
    func line() {
        #expect(VisibleText.line("a\nb\tc") == "a␊b c")
        #expect(VisibleText.line(String(repeating: "x", count: 100), limit: 10) == "xxxxxxxxxx…")
        #expect(VisibleText.line("é", limit: 1) == "é")
    }

    @Test("no text becomes markup, in an element or in an attribute")
    func markup() {
        var html = Markup()
        html.element("p", ["title": "\"><script>alert(1)</script>\n'"], "</p><script>alert(1)</script>&amp;")
        let text = String(decoding: html.bytes, as: UTF8.self)
        #expect(text == "<p title=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;␊&#39;\">&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;</p>")
    }

    @Test("whatever the bytes, only known characters come out", arguments: 0..<20)
    func random(seed: UInt64) {
        var state = seed &+ 1
        let bytes = (0..<4096).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        for scalar in VisibleText.of(bytes).unicodeScalars {
            let isControl = [.control, .format, .surrogate, .privateUse, .unassigned].contains(scalar.properties.generalCategory)
            #expect(!isControl || scalar == "\n" || scalar == "\t", "U+\(String(scalar.value, radix: 16))")
        }
        var html = Markup()
        html.text(bytes)
        #expect(!html.bytes.contains(UInt8(ascii: "<")))
    }
}
