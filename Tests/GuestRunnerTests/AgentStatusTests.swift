import TestSupport
import Testing

@testable import GuestRunner

@Suite("AgentStatus")
struct AgentStatusTests {
    private func status(_ text: String) -> AgentStatus { AgentStatus(Array(text.utf8)) }

    fileprivate func document(program: String, listener: String, before: String = "") -> String {
        """
        {"version":"1",\(before)"proxyAgentStatus":{"status":"SUCCESS","ebpfProgramStatus":{"status":"\(program)","message":"m"},
        "proxyListenerStatus":{"message":"x","status":"\(listener)"}},"proxyConnectionSummary":[1,2.5e3,-1,true,false,null,{}]}
        """
    }

    @Test("both running is success only if the agent says so")
    func running() {
        let text = document(program: "RUNNING", listener: "RUNNING")
        #expect(status(text) == .successful)
        #expect(status(text.replacing(#""status":"SUCCESS""#, with: #""status":"ERROR""#)) == .running)
    }

    @Test("an agent without a key has settled where none is expected")
    func settled() {
        #expect(AgentStatus.running.isSettled(awaitsSuccess: false))
        #expect(!AgentStatus.running.isSettled(awaitsSuccess: true))
        #expect([AgentStatus.successful, .stopped].allSatisfy { $0.isSettled(awaitsSuccess: true) && $0.isSettled(awaitsSuccess: false) })
        #expect(!AgentStatus.undecided.isSettled(awaitsSuccess: false))
    }

    @Test("one stopped is stopped, whichever it is", arguments: [("STOPPED", "RUNNING"), ("RUNNING", "STOPPED"), ("STOPPED", "STOPPED")])
    func stopped(program: String, listener: String) { #expect(status(document(program: program, listener: listener)) == .stopped) }

    @Test(
        "anything else has decided nothing",
        arguments: [("RUNNING", "UNKNOWN"), ("UNKNOWN", "RUNNING"), ("UNKNOWN", "STOPPED"), ("running", "running"), ("", "")])
    func undecided(program: String, listener: String) { #expect(status(document(program: program, listener: listener)) == .undecided) }

    @Suite("is not fooled by")
    struct Tricks {
        private func status(_ text: String) -> AgentStatus { AgentStatus(Array(text.utf8)) }

        @Test("what a message quotes")
        func quoted() {
            let message = #""message":"{\"proxyAgentStatus\":{\"ebpfProgramStatus\":{\"status\":\"STOPPED\"}}}""#
            let text = #"{"proxyAgentStatus":{\#(message),"ebpfProgramStatus":{"status":"RUNNING"},"proxyListenerStatus":{"status":"RUNNING"}}}"#
            #expect(status(text) == .running)
        }

        @Test("the same keys in another place")
        func elsewhere() {
            #expect(status(#"{"other":{"proxyAgentStatus":{"ebpfProgramStatus":{"status":"STOPPED"}}}}"#) == .undecided)
            #expect(status(#"[{"proxyAgentStatus":{"ebpfProgramStatus":{"status":"STOPPED"}}}]"#) == .undecided)
            #expect(status(#"{"proxyAgentStatus":[{"ebpfProgramStatus":{"status":"STOPPED"}}]}"#) == .undecided)
        }

        @Test("a key that comes again: the last one counts")
        func twice() {
            let first = #""proxyAgentStatus":{"ebpfProgramStatus":{"status":"STOPPED"},"proxyListenerStatus":{"status":"RUNNING"}}"#
            let last = #""proxyAgentStatus":{"ebpfProgramStatus":{"status":"RUNNING"},"proxyListenerStatus":{"status":"RUNNING"}}"#
            #expect(status("{\(first),\(last)}") == .running)
            #expect(status(#"{\#(first),"proxyAgentStatus":7}"#) == .undecided)
        }

        @Test("escapes in keys and values")
        func escapes() {
            let text = #"{"\u0070roxyAgentStatus":{"ebpfProgramStatus":{"status":"\u0053TOPPED"},"a\n\"\\\/\b":"\ud800"}}"#
            #expect(status(text) == .stopped)
        }

        @Test("a status that is no text")
        func otherTypes() {
            for value in ["1", "null", "true", "{}", "[]", #"["RUNNING"]"#, #"{"status":"STOPPED"}"#] {
                #expect(status(#"{"proxyAgentStatus":{"ebpfProgramStatus":{"status":\#(value)},"proxyListenerStatus":{"status":"RUNNING"}}}"#) == .undecided)
            }
        }
    }

    @Suite("reads a broken file as undecided:")
    struct Broken {
        @Test("every prefix of a good one")
        func prefixes() {
            let text = Array(#" {"proxyAgentStatus":{"ebpfProgramStatus":{"status":"STOPPED"},"n":[-1.5,"\u0041"]}} "#.utf8)
            let end = text.count - 1
            for length in 0..<end { #expect(AgentStatus(Array(text.prefix(length))) == .undecided) }
            #expect(AgentStatus(text) == .stopped)
        }

        @Test(
            "garbage, bare words and trailing words",
            arguments: ["", "\u{0}", "{", "}", "nul", "{]", #"{"a":}"#, #"{"a" 1}"#, "{}{}", #""\q""#, #""\u12"#, "[1,]"])
        func garbage(text: String) { #expect(AgentStatus(Array(text.utf8)) == .undecided) }

        @Test("a nesting without end")
        func deep() {
            #expect(AgentStatus([UInt8](repeating: UInt8(ascii: "["), count: 500_000)) == .undecided)
            let open = String(repeating: #"{"a":"#, count: 100_000)
            #expect(AgentStatus(Array(open.utf8)) == .undecided)
        }

        @Test("a huge one")
        func huge() {
            let filler = String(repeating: " ", count: AgentStatus.maximumSize)
            let text = #"{"proxyAgentStatus":{"ebpfProgramStatus":{"status":"STOPPED"}}}"#
            #expect(AgentStatus(Array((text + filler).utf8)) == .undecided)
        }

        @Test("damage to a status that has decided nothing", arguments: fuzzSeeds(1))
        func damaged(seed: UInt64) {
            let undecided = AgentStatusTests().document(program: "STARTING", listener: "UNKNOWN")
            let pieces = ["{", "}", "[", "]", "\"", ",", ":", "\\", "/", "-1", "e9", "\\u0000", "\u{0}", "\u{ff}", "null", "true"]
            for bytes in DamagedSamples(of: [undecided], seed: seed, count: 2000, pieces: pieces) { #expect(AgentStatus(bytes) == .undecided) }
        }
    }
}
