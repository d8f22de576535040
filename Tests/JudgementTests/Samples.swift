import GuestProtocol
import Judgement
import MatrixModel

/// Evidence of a cell in which everything went well, to be spoilt one fact at a time.
enum Samples {
    static let clients = [
        ClientSpec(name: "imds-root-http", kind: .http, user: 0, address: [169, 254, 169, 254], port: 80, path: "/metadata/instance"),
        ClientSpec(name: "imds-user-http", kind: .http, user: 65534, address: [169, 254, 169, 254], port: 80, path: "/metadata/instance"),
        ClientSpec(name: "wireserver-user-connect", kind: .connect, user: 65534, address: [168, 63, 129, 16], port: 80, path: "/"),
    ]

    static func item(_ text: String) -> CellEvidence.Item { CellEvidence.Item(bytes: Array(text.utf8), length: UInt64(text.utf8.count)) }

    static func status(ebpf: String, message: String, lost: Int = 0, missed: Int = 0) -> String {
        """
        {"timestamp":"2026-08-03T09:14:27.52","proxyAgentStatus":{"version":"1.0.0","status":"ERROR",
        "monitorStatus":{"status":"RUNNING","message":"ok"},
        "keyLatchStatus":{"status":"STOPPED","message":"not latched","states":{"secureChannelState":"Unknown"}},
        "ebpfProgramStatus":{"status":"\(ebpf)","message":"\(message)","states":{"auditEntriesLost":"\(lost)","connectionsWithoutEntry":"\(missed)"}},
        "proxyListenerStatus":{"status":"RUNNING","message":"Started proxy listener, ready to accept request - 3"},
        "telemetryLoggerStatus":{"status":"UNKNOWN","message":"Status unknown."},"proxyConnectionsCount":4},
        "proxyConnectionSummary":[],"failedAuthenticateSummary":[]}
        """
    }

    static func report(_ client: ClientSpec, peer: String = "127.0.0.1:3080", status: Int32? = 200) -> ClientReport {
        ClientReport(
            name: client.name, connectError: nil, peer: peer, httpStatus: client.kind == .http ? status : nil, hasProxyHeader: true,
            microseconds: 900, failure: "")
    }

    static func request(_ client: ClientSpec, claims: String?) -> FabricRequest {
        FabricRequest(
            sequence: 0, seconds: 1.5, endpoint: client.address[0] == 169 ? .imds : .wireServer, method: "GET", target: client.path,
            client: client.name, claims: claims, signedWith: nil, status: 200)
    }

    static func compatible() -> CellEvidence {
        var evidence = CellEvidence(layout: .unified, fate: .poweredOff)
        evidence.hello = GuestHello(release: "6.1.0-50-cloud-amd64", machine: "x86_64", uptimeMilliseconds: 1200)
        evidence.phases = Set(GuestPhase.allCases)
        evidence.items[.status] = item(status(ebpf: "RUNNING", message: "Started Redirector with eBPF maps - 96"))
        evidence.items[.mountInfo] = item("22 1 0:20 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n")
        evidence.items[.filesystems] = item("nodev\tcgroup\nnodev\tcgroup2\n")
        evidence.items[.kernelBTF] = item("present")
        evidence.clients = clients
        evidence.reports = clients.map { report($0) }
        evidence.journal = clients.filter { $0.kind == .http }.map { request($0, claims: #"{ "isRoot": "\#($0.user == 0)"}"#) }
        return evidence
    }
}
