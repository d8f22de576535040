import GuestProtocol
import MatrixModel

/// One of everything the contract can say, with the odd values.
enum MessageSamples {
    static let guest: [GuestMessage] =
        [
            .hello(GuestHello(release: "6.1.0-50-cloud-amd64", machine: "x86_64", uptimeMilliseconds: 2906)),
            .hello(GuestHello(release: "", machine: "", uptimeMilliseconds: .max)),
            .farewell,
            .setupFailed(step: "cgroup-layout", reason: "häßlich 🐧\nsecond line"),
            .setupFailed(step: "", reason: ""),
            .client(
                ClientReport(
                    name: "imds-root-http", connectError: nil, peer: "127.0.0.1:3080", httpStatus: 200, hasProxyHeader: true,
                    microseconds: 1234, failure: "")),
            .client(
                ClientReport(
                    name: "x", connectError: 113, peer: "", httpStatus: nil, hasProxyHeader: false, microseconds: .max, failure: "nothing came")),
            .client(
                ClientReport(name: "", connectError: .min, peer: "", httpStatus: .max, hasProxyHeader: false, microseconds: 0, failure: "")),
        ] + GuestPhase.allCases.map { .phase($0, uptimeMilliseconds: UInt64($0.rawValue) << 40) }
        + EvidenceItem.allCases.map { .evidence($0, bytes: [0, 1, 2, 0xFF]) }
        + EvidenceItem.allCases.map { .evidenceEnd($0, length: .max, isTruncated: $0.rawValue % 2 == 0) }
        + [.evidence(.status, bytes: []), .evidence(.verifierLog, bytes: [UInt8](repeating: 7, count: 32 * 1024))]
        + [ProcessEnding.exited(code: 0), .exited(code: 255), .signalled(signal: 11), .notStarted(error: 2)].map(GuestMessage.agentEnded)

    static let plans: [GuestPlan] =
        CgroupLayout.allCases.map { GuestPlan(layout: $0, agentPath: "usr/sbin/azure-proxy-agent", clients: []) } + [
            GuestPlan(
                mode: .shell, layout: .hybrid, agentPath: "a", agentArguments: ["--config", "", "ü"],
                clients: ClientSpec.Kind.allCases.map {
                    ClientSpec(name: "n", kind: $0, user: .max, address: [169, 254, 169, 254], port: 0x1234, path: "/metadata?x=y")
                }, agentDeadline: 1, clientDeadline: .max),
            GuestPlan(mode: .nothing, layout: .unified, agentPath: "", clients: []),
        ]
}
