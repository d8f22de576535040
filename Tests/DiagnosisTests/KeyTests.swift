import Diagnosis
import Guidance
import MatrixModel
import Testing

@Suite("The key")
struct KeyTests {
    static let refused = "Failed to acquire key details: Key(KeyResponse(\"acquire\", 403))"

    @Test(
        "what the status says of it decides",
        arguments: [
            (refused, "key-not-offered", Conclusion.Confidence.certain),
            ("Failed to attest the key: Key(KeyResponse(\"attest\", 403))", "key-rejected", .certain),
            ("Failed to get key status - Failed to establish connection to 168.63.129.16:80: timed out", "platform-unreachable", .certain),
            ("Failed to acquire key details: Failed to establish connection to 168.63.129.16:80: refused", "platform-unreachable", .certain),
            ("Failed to save key details to file: No space left on device", "key-not-latched", .certain),
            ("Failed to check the key '5d0c2f0e' details saved locally: NotFound.", "key-lost", .likely),
        ])
    func message(message: String, code: String, confidence: Conclusion.Confidence) throws {
        // Upstream says SUCCESS while the key cannot be had: the message is what counts.
        let diagnosis = Field.diagnose(("status.json", try Field.status(key: message)))
        #expect(diagnosis.codes.first == code)
        #expect(diagnosis.conclusions.first?.confidence == confidence)
        #expect(diagnosis.conclusions.first?.findings.first?.quote.contains(message.prefix(20)) == true)
    }

    @Test("a key that was there and is not, and a new one refused, is a lost key that needs a reset")
    func lost() throws {
        let log =
            "2026-08-03T09:00:00Z [WARN] Failed to check the key '5d0c2f0e' details saved locally: NotFound.\n2026-08-03T09:00:01Z [ERROR] \(Self.refused)\n"
        let diagnosis = Field.diagnose(("logs/ProxyAgent.log", log), ("status.json", try Field.status(key: Self.refused)))
        #expect(diagnosis.codes.prefix(2) == ["key-lost", "key-reset-needed"])
        #expect(diagnosis.conclusion("key-reset-needed")?.guide.remedies(for: .rhel).first?.commands.last?.contains("keyIncarnationId=HIGHER_NUMBER") == true)
    }

    @Test("refusal upon refusal asks for a reset; one does not", arguments: [(1, false), (3, true), (100, true)])
    func lasting(count: Int, isReset: Bool) {
        let diagnosis = Field.diagnose(("ProxyAgent.log", String(repeating: "\(Self.refused)\n", count: count)))
        #expect(diagnosis.codes.contains("key-not-offered"))
        #expect(diagnosis.codes.contains("key-reset-needed") == isReset)
    }

    @Test("a success takes back what went wrong before it")
    func recovered() throws {
        let log = String(repeating: "\(Self.refused)\n", count: 5) + "Successfully attest the key and ready to use. - 99\n"
        #expect(Field.diagnose(("ProxyAgent.log", log), ("status.json", try Field.status())).outcome == .healthy)
    }
}
