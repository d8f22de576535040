import GuestProtocol
import MatrixModel

/// What a guest says from its hello to its farewell when all goes as planned and its platform does not use the protocol, so that the
/// agent has nothing to redirect.
struct GuestStory {
    let isAttached: Bool
    /// The name of a client that asks and hears nothing; nil for none.
    let unserved: String?

    static let hello = hello(nil)

    static func hello(_ waking: WakeReport?, uptime: UInt64 = 900) -> GuestMessage {
        .hello(GuestHello(release: "6.1.0-fake", machine: "x86_64", uptimeMilliseconds: uptime, waking: waking))
    }

    func tell(_ line: inout ControlLine, hello: GuestMessage = Self.hello) {
        line.send(hello)
        guard case .plan(let plan) = line.receive() else { StandIn.fail("no plan came") }
        if plan.mode == .matrix { carryOut(plan, &line) }
        line.send(.farewell)
    }

    private func carryOut(_ plan: GuestPlan, _ line: inout ControlLine) {
        for phase in GuestPhase.allCases where phase.rawValue < GuestPhase.clientsDone.rawValue { mark(phase, &line) }
        for client in plan.clients { line.send(.client(report(client))) }
        mark(.clientsDone, &line)
        for (item, text) in evidence { send(item, text, &line) }
        mark(.evidenceSent, &line)
    }

    private func mark(_ phase: GuestPhase, _ line: inout ControlLine) {
        line.send(.phase(phase, uptimeMilliseconds: 1000 + UInt64(phase.rawValue) * 100))
    }

    private func send(_ item: EvidenceItem, _ text: String, _ line: inout ControlLine) {
        let bytes = Array(text.utf8)
        // In two pieces, as long items come.
        line.send(.evidence(item, bytes: Array(bytes.prefix(bytes.count / 2))))
        line.send(.evidence(item, bytes: Array(bytes.dropFirst(bytes.count / 2))))
        line.send(.evidenceEnd(item, length: UInt64(bytes.count), isTruncated: false))
    }

    private func report(_ client: ClientSpec) -> ClientReport {
        if client.name == unserved {
            return ClientReport(name: client.name, connectError: nil, peer: "169.254.169.254:80", httpStatus: nil, microseconds: 700, failure: "no answer")
        }
        let address = client.address.count == 4 ? client.address.map(String.init).joined(separator: ".") : "[::1]"
        return ClientReport(
            name: client.name, peer: "\(address):\(client.port)",
            httpStatus: client.kind == .http || client.kind == .raw ? PlatformClient.ask(for: client) : nil,
            microseconds: 700)
    }

    private var evidence: [(EvidenceItem, String)] {
        let redirector =
            isAttached
            ? #"{"status":"RUNNING","message":"Started Redirector with eBPF maps - 96","states":{"auditEntriesLost":"0"}}"#
            : #"{"status":"STOPPED","message":"Failed to attach program 'connect4' to cgroup: Bad file descriptor (os error 9)"}"#
        return [
            (
                .status,
                #"{"timestamp":"2026-08-03T09:14:27.52","proxyAgentStatus":{"version":"1.0.0","status":"\#(isAttached ? "SUCCESS" : "ERROR")","#
                    + #""monitorStatus":{"status":"RUNNING","message":"ok"},"keyLatchStatus":{"status":"RUNNING","message":"Customer has not enforce the "#
                    + #"secure channel state. - 96","#
                    + #""states":{"secureChannelState":"disabled"}},"#
                    + #""ebpfProgramStatus":\#(redirector),"proxyListenerStatus":{"status":"RUNNING","message":"Started proxy listener"},"#
                    + #""telemetryLoggerStatus":{"status":"UNKNOWN","message":""},"proxyConnectionsCount":4},"#
                    + #""proxyConnectionSummary":[],"failedAuthenticateSummary":[]}"#
            ),
            (.agentLog, "started\n"), (.agentOutput, "started\n"),
            (.kernelVersion, "Linux version 6.1.0-fake (nobody@nowhere) #1 SMP\n"), (.filesystems, "nodev\tcgroup\nnodev\tcgroup2\n"),
            (.mountInfo, isAttached ? "22 1 0:20 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n" : "22 1 0:20 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"),
            (.cgroups, "#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t0\t1\t1\n"), (.kernelBTF, "present"),
            (.clockSource, "tsc\n"),
        ]
    }
}
