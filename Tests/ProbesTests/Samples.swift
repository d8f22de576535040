import GuestProtocol
import Judgement
import MatrixModel

@testable import Probes

/// Evidence of a cell in which everything went well, to be spoilt one fact at a time.
enum Samples {
    static let burstSize: UInt32 = 3

    static let clients: [ClientSpec] =
        [
            client("imds-root", 0), client("imds-user", 65534), client("wireserver-root", 0), client("wireserver-user", 65534),
            client("hostga-root", 0), client("hostga-user", 65534), client("imds-raw", 0), client("imds-early", 0),
            client("untouched-ipv4", 0, kind: .connect, address: [127, 0, 0, 9]),
            client("untouched-ipv6", 0, kind: .connect, address: [UInt8](repeating: 0, count: 15) + [1]),
            client("untouched-udp", 0, kind: .datagram), client("imds-dual-stack", 0), client("imds-root-restarted", 0),
        ] + identities + (0..<burstSize).flatMap { [client("crowd-root", 0).member($0), client("crowd-user", 65534).member($0)] }

    /// The clients of the identity proofs, as their probes make them.
    static let identities: [ClientSpec] = Probe.identities.flatMap { $0.steps(ProbeSetting(expectation: expectation, burst: 0)) }.compactMap { step in
        if case .client(let client) = step { client } else { nil }
    }

    static let expectation = ScenarioExpectation(
        status: "SUCCESS", keyLatch: "RUNNING", message: "ready to use", channel: "WireServer Enforce -  IMDS Enforce - HostGA Enforce",
        clients: [
            "imds-root": .signed, "imds-user": .signed, "wireserver-root": .signed, "wireserver-user": .denied, "hostga-root": .signed,
            "hostga-user": .denied, "imds-early": .refused, "imds-raw": .refused,
        ])

    static func client(
        _ name: String, _ user: UInt32, kind: ClientSpec.Kind = .http, address: [UInt8] = [169, 254, 169, 254]
    ) -> ClientSpec {
        ClientSpec(
            name: name, kind: kind, user: user,
            executable: name.hasPrefix(ProbeNames.burstPrefix) ? ProbeNames.burstExecutable(isRoot: user == 0) : ProbeNames.executable(isRoot: user == 0),
            address: name.hasPrefix("wireserver") || name.hasPrefix("hostga") ? [168, 63, 129, 16] : address, port: 80)
    }

    static func item(_ text: String) -> CellEvidence.Item { CellEvidence.Item(bytes: Array(text.utf8), length: UInt64(text.utf8.count)) }

    static func status(
        ebpf: String = "RUNNING", message: String = "Started Redirector with eBPF maps - 96", overall: String = "SUCCESS",
        key: String = "Successfully attest the key and ready to use. - 214", lost: Int = 0, missed: Int = 0, burst: Int = 3, named: Int = 4,
        channel: String = "WireServer Enforce -  IMDS Enforce - HostGA Enforce"
    ) -> String {
        let connections = [true, false].flatMap { isRoot in
            [(ProbeNames.burstExecutable(isRoot: isRoot), burst), (ProbeNames.executable(isRoot: isRoot), named)].map { path, count in
                """
                {"userName":"\(isRoot ? "root" : "nobody")","ip":"169.254.169.254","port":80,"processCmdLine":"c","responseStatus":"200 OK",
                "count":\(count),"userGroups":null,"processFullPath":"\(path)"}
                """
            }
        }
        return """
            {"timestamp":"2026-08-03T09:14:27.52","proxyAgentStatus":{"version":"1.0.0","status":"\(overall)",
            "monitorStatus":{"status":"RUNNING","message":"ok"},
            "keyLatchStatus":{"status":"\(overall == "SUCCESS" ? "RUNNING" : "STOPPED")","message":"\(key)",
            "states":{"secureChannelState":"\(channel)"}},
            "ebpfProgramStatus":{"status":"\(ebpf)","message":"\(message)",
            "states":{"auditEntriesLost":"\(lost)","connectionsWithoutEntry":"\(missed)"}},
            "proxyListenerStatus":{"status":"RUNNING","message":"Started proxy listener, ready to accept request - 3"},
            "telemetryLoggerStatus":{"status":"UNKNOWN","message":"Status unknown."},"proxyConnectionsCount":4},
            "proxyConnectionSummary":[\(connections.joined(separator: ","))],"failedAuthenticateSummary":[]}
            """
    }

    static func report(_ client: ClientSpec, peer: String? = nil, status: Int32? = 200) -> ClientReport {
        let own = client.address.count == 4 ? client.address.map(String.init).joined(separator: ".") + ":80" : "[::1]:80"
        return ClientReport(
            name: client.name, peer: peer ?? (client.kind == .http ? "127.0.0.1:3080" : own), httpStatus: client.kind == .http ? status : nil,
            hasProxyHeader: true, microseconds: 900)
    }

    static func request(
        _ client: ClientSpec, claims: String?? = nil, signature: FabricRequest.Signature = .verified, key: String = "Azure-HMAC-SHA256 k1",
        status: Int = 200
    ) -> FabricRequest {
        FabricRequest(
            sequence: 0, seconds: 1.5, endpoint: client.address[0] == 168 ? .wireServer : .imds, method: "GET", target: "/x",
            client: client.name, claims: claims ?? #"{ "isRoot": "\#(client.user == 0)"}"#, signedWith: signature == .absent ? nil : key,
            signature: signature, status: status)
    }

    static func compatible() -> CellEvidence {
        var evidence = CellEvidence(layout: .unified, expectation: expectation, fate: .poweredOff)
        evidence.hello = GuestHello(release: "6.1.0-50-cloud-amd64", machine: "x86_64", uptimeMilliseconds: 1200)
        evidence.phases = Set(GuestPhase.allCases)
        for status in [EvidenceItem.status, .finalStatus] { evidence.items[status] = item(Samples.status()) }
        evidence.items[.mountInfo] = item("22 1 0:20 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n")
        evidence.items[.filesystems] = item("nodev\tcgroup\nnodev\tcgroup2\n")
        evidence.items[.kernelBTF] = item("present")
        evidence.clients = clients
        evidence.reports = clients.map { client in
            switch client.name {
            case "wireserver-user", "hostga-user": report(client, status: 403)
            case ProbeNames.otherNetwork: ClientReport(name: client.name, connectError: 101)
            case "imds-raw", "imds-early": report(client, peer: "169.254.169.254:80", status: 403)
            default: report(client)
            }
        }
        let unseen: Set<String> = ["wireserver-user", "hostga-user", ProbeNames.otherNetwork]
        evidence.journal = clients.filter { $0.kind == .http && !unseen.contains($0.name) }.map { client in
            ["imds-raw", "imds-early"].contains(client.name) ? request(client, claims: .some(nil), signature: .absent, status: 403) : request(client)
        }
        return evidence
    }
}

extension CellEvidence {
    /// Replaces what the platform saw of a client.
    mutating func replaceRequest(of name: String, by request: FabricRequest?) {
        journal = journal?.flatMap { $0.client == name ? [request].compactMap(\.self) : [$0] }
    }

    mutating func replaceReport(by report: ClientReport) { reports = reports.map { $0.name == report.name ? report : $0 } }

    func client(_ name: String) -> ClientSpec { clients.first { $0.name == name } ?? clients[0] }
}

extension Judgement {
    /// What is concluded of evidence.
    init(evidence: CellEvidence) { self = CellConclusion(evidence).judgement }
}

extension CellConclusion {
    var failed: [ProofID] { proofs.filter { $0.state == .fail }.map(\.id) }

    func state(_ id: ProofID) -> ProofState? { proofs.first { $0.id == id }?.state }
}
