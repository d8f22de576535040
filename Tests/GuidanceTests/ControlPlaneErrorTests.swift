import Guidance
import Testing

@Suite("Errors of the control plane")
struct ControlPlaneErrorTests {
    @Test(
        "every code of the article is known, whatever its case",
        arguments: [
            ("ProxyAgentNotSupportedInRegion", 1), ("SubscriptionNotEnabledForProxyAgentFeature", 1), ("BadRequest", 7), ("InvalidParameter", 1),
            ("GalleryInVMAccessControlProfileNotMatchOSDisk", 1), ("GalleryInVMAccessControlProfileNotMatchHostEndpointType", 1),
            ("InVMAccessControlProfileNotFound", 2),
            ("invmaccesscontrolprofilenotfound", 2), ("Teapot", 0),
        ])
    func codes(code: String, rows: Int) { #expect(ControlPlaneError.rows(code: code).count == rows) }

    @Test("a row has as many meanings as its message has places", arguments: ControlPlaneError.all)
    func places(row: ControlPlaneError) {
        let places = (0..<5).filter { row.message.contains("{\($0)}") }
        #expect(places == Array(0..<row.parameters.count))
        #expect(!row.action.isEmpty && !row.commands.isEmpty)
    }

    @Test("each message is found when it is pasted, and only it", arguments: ControlPlaneError.all)
    func pasted(row: ControlPlaneError) {
        var message = row.message
        for place in 0..<row.parameters.count { message = message.replacing("{\(place)}", with: "value-\(place)") }
        let found = ControlPlaneError.matches(in: "(\(row.codes[0])) \"\(message)\"\nCode: \(row.codes[0])")
        #expect(found.map(\.row) == [row])
        #expect(found.first?.filledIn == (0..<row.parameters.count).map { "value-\($0)" })
    }

    @Test("what mail programs do to quotes and blanks does not hide it")
    func quotes() {
        let found = ControlPlaneError.matches(
            in:
                "The gallery InVMAccessControlProfile ‘/subscriptions/x’   isn’t available.\nVerify that the InVMAccessControlProfileReferenceId passed "
                + "in is correct."
        )
        #expect(found.map(\.filledIn) == [["/subscriptions/x"]])
    }

    @Test("other text is not taken for one")
    func other() { #expect(ControlPlaneError.matches(in: "The value of parameter x is invalid.").isEmpty) }
}
