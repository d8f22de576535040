import Diagnosis
import Guidance
import MatrixModel
import Testing

@Suite("Statuses, whole and broken")
struct StatusTests {
    @Test("one that says well and is whole is healthy")
    func healthy() throws {
        let diagnosis = Field.diagnose(("status.json", try Field.status()))
        #expect(diagnosis.outcome == .healthy && diagnosis.conclusions.isEmpty && diagnosis.wanted.isEmpty)
        #expect(diagnosis.facts.status?.isWhole == true)
    }

    @Test("one of Windows asks for the drivers, and not for cgroups")
    func windows() throws {
        let text = try Field.status(overall: "ERROR", ebpf: ("STOPPED", "Failed to load eBPF API"), folder: "C:\\WindowsAzure\\ProxyAgent\\Logs\\")
        let diagnosis = Field.diagnose(("status.json", text))
        #expect(diagnosis.facts.isWindows)
        #expect(diagnosis.codes == ["windows-drivers-not-running"])
        #expect(diagnosis.conclusions.first?.wanted == [.drivers])
    }

    @Test("wherever it breaks off, nothing fails, and healthy it is only when whole")
    func cut() throws {
        let bytes = Array(try Field.status().utf8)
        for length in stride(from: 0, to: bytes.count, by: 13) {
            let diagnosis = Diagnosis([BundleFile(name: "status.json", bytes: Array(bytes.prefix(length)))])
            if diagnosis.outcome == .healthy { #expect(diagnosis.facts.status?.saysWell == true) }
            #expect(diagnosis.facts.status?.isWhole != true)
        }
    }

    @Test("noise in place of any byte does not bring it down")
    func noise() throws {
        var bytes = Array(
            try Field.status(overall: "ERROR", ebpf: ("STOPPED", "Failed to attach program 'connect4' with error: `bpf_link_create` failed")).utf8)
        for position in stride(from: 0, to: bytes.count, by: 41) {
            let old = bytes[position]
            for byte: UInt8 in [0x00, 0x22, 0x5C, 0x7B, 0x7D, 0xFF] {
                bytes[position] = byte
                #expect(Diagnosis([BundleFile(name: "status.json", bytes: bytes)]).outcome != .healthy)
            }
            bytes[position] = old
        }
    }

    @Test("an empty one and one that is none are a cause of their own", arguments: ["", "<html>404</html>", "{}", "null"])
    func broken(text: String) {
        #expect(Field.diagnose(("var/log/azure-proxy-agent/status.json", text)).codes == ["agent-status-broken"])
    }

    @Test("the extension's status carries the agent's as text within text")
    func nested() throws {
        let inner = try Field.status(overall: "ERROR", ebpf: ("STOPPED", "Failed to attach program 'connect4' with error: `bpf_link_create` failed"))
        let escaped = inner.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        let text =
            "[{\"version\":\"1.0\",\"status\":{\"substatus\":[{\"name\":\"ProxyAgentStatus\",\"formattedMessage\":{\"lang\":\"en\","
            + "\"message\":\"\(escaped)\"}}]}}]"
        #expect(Field.diagnose(("0.status", text)).codes.first == "attach-failed/no-cgroup2")
    }

    @Test("depth without end is no trouble")
    func deep() {
        let text = "{\"keyLatchStatus\":" + String(repeating: "{\"a\":", count: 100_000)
        #expect(Field.diagnose(("status.json", text)).outcome != .healthy)
    }

    @Test("escapes for terminals and for bidirectional text do not get through")
    func hostile() throws {
        let diagnosis = Field.diagnose(("status.json", try Field.status(overall: "ERROR", ebpf: ("STOPPED", "Failed to attach program 'x'\u{1B}[31m\u{202E}"))))
        let quotes = diagnosis.conclusions.flatMap(\.findings).map(\.quote).joined() + diagnosis.conclusions.map(\.summary).joined()
        #expect(!quotes.unicodeScalars.contains("\u{1B}") && !quotes.unicodeScalars.contains("\u{202E}"))
    }

    @Test("of several statuses the newest counts, and that there were several is said")
    func several() throws {
        let old = try Field.status(overall: "ERROR", ebpf: ("STOPPED", "Failed to attach program 'connect4'"), timestamp: "2026-08-01T09:14:27")
        let diagnosis = Field.diagnose(("a/status.json", try Field.status()), ("b/status.json", old))
        #expect(diagnosis.outcome == .healthy)
        #expect(diagnosis.warnings.contains { $0.contains("a/status.json is the newest") })
    }

    @Test(
        "a status that is old when it is gathered is said to be",
        arguments: [("2026-08-03T09:16:00Z", false), ("2026-08-03T10:14:00Z", true), ("2027-01-01T00:00:00Z", true), ("yesterday", false)])
    func stale(collected: String, isStale: Bool) throws {
        let diagnosis = Field.diagnose(("status.json", try Field.status()), ("collected.json", "{\"collected\":\"\(collected)\"}"))
        #expect(diagnosis.codes.contains("status-stale") == isStale)
    }

    @Test("a listener that could not bind")
    func listener() throws {
        let text = try Field.status(
            overall: "ERROR", listener: ("STOPPED", "Failed to bind TcpListener '127.0.0.1:3080': Address already in use (os error 98)"))
        #expect(Field.diagnose(("status.json", text)).codes == ["listener-failed"])
    }
}
