import Testing

@testable import MatrixReport

@Suite("mdoc(7)")
struct MdocTests {
    @Test("takes no text for a macro")
    func escaping() {
        var page = Mdoc()
        page.text(".SH NAME\n'\\fB--kernel")
        page.literal([".Sh"])
        #expect(page.text == "\\&.SH NAME\n\\&'\\efB\\-\\-kernel\n.Bd -literal -offset indent\n\\&.Sh\n.Ed\n")
    }
}
