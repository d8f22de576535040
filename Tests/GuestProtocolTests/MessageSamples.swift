import GuestProtocol
import MatrixModel

/// One of everything the contract can say, with the odd values.
enum MessageSamples {
    static let guest: [GuestMessage] =
        [
            .hello(GuestHello(release: "6.1.0-50-cloud-amd64", build: "#1 SMP Debian 6.1.192-2 (2026-11-02)", machine: "x86_64", uptimeMilliseconds: 2906)),
            .hello(GuestHello(release: "", machine: "", uptimeMilliseconds: .max)),
            .hello(
                GuestHello(
                    release: "6.1.0", machine: "x86_64", uptimeMilliseconds: 1,
                    waking: WakeReport(nonce: .max, timeBefore: 0, timeAfter: .max, clockError: 0, seedError: -1, reseedError: 61))),
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
            .client(ClientReport(name: "b", httpStatus: 200, body: [0, 255], bodyChecksum: .max)),
            .command(CommandReport(name: "status", ending: .exited(code: 2), output: Array("nicht fertig".utf8), microseconds: 5)),
            .command(CommandReport(name: "", ending: nil, output: [], microseconds: .max)),
            .files(FileListing(path: "/gone", entries: [])),
            .files(FileListing(path: "/k", entries: [.init(path: "/k/a b", mode: 0o100600, user: 0, group: 7, size: .max)])),
            .client(
                ClientReport(name: "", connectError: .min, peer: "", httpStatus: .max, hasProxyHeader: false, microseconds: 0, failure: "")),
        ] + GuestPhase.allCases.map { .phase($0, uptimeMilliseconds: UInt64($0.rawValue) << 40) }
        + EvidenceItem.allCases.map { .evidence($0, bytes: [0, 1, 2, 0xFF]) }
        + EvidenceItem.allCases.map { .evidenceEnd($0, length: .max, isTruncated: $0.rawValue % 2 == 0) }
        + [.evidence(.status, bytes: []), .evidence(.verifierLog, bytes: [UInt8](repeating: 7, count: 32 * 1024))]
        + [ProcessEnding.exited(code: 0), .exited(code: 255), .signalled(signal: 11), .notStarted(error: 2), .startedAgain(times: 27)].map(
            GuestMessage.agentEnded)

    static let clients = ClientSpec.Kind.allCases.map {
        ClientSpec(
            name: "n", kind: $0, user: .max, executable: "/usr/bin/x", isolation: $0 == .http ? .network : .none,
            address: $0 == .http ? [UInt8](0..<16) : [169, 254, 169, 254],
            port: 0x1234, request: [0, 13, 10, 255])
    }

    static let steps: [GuestStep] = [
        .startAgent, .stopAgent(signal: 9), .pause(milliseconds: .max), .clients(clients), .burst(clients, count: 100), .open(clients), .finish,
        .listen(address: [127, 0, 0, 9], port: 80), .write(path: "/etc/x", content: [0, 1], mode: 0o600), .remove(path: "ü"),
        .command(CommandSpec(name: "v", path: "/bin/v", arguments: ["--version", ""])), .list(path: "/var"), .status(.finalStatus),
        .awaitStatus(milliseconds: 75_000),
    ]

    static let calls = [WakeCall(nonce: 0, time: .max, seed: []), WakeCall(nonce: .max, time: 0, seed: [UInt8](0..<64))]

    static let plans: [GuestPlan] =
        CgroupLayout.allCases.map { GuestPlan(layout: $0, agentPath: "usr/sbin/azure-proxy-agent") } + [
            GuestPlan(
                mode: .shell, layout: .hybrid, agentPath: "a", agentArguments: ["--config", "", "ü"], steps: steps, awaitsSuccess: false,
                agentDeadline: 1, settlingWords: [SettlingWords(path: "/var/log/ä", text: "gave up", lines: .max)],
                logs: [AgentLogFile(item: .agentLog, path: "/l")],
                clientDeadline: .max, burstDeadline: 1),
            GuestPlan(
                userland: .distribution(DistributionStart(root: .disk(fileSystem: "xfs", partition: 14), package: "a.rpm", isDeployment: true)),
                layout: .unified, agentPath: "ü", steps: [.await(path: "/run/x", milliseconds: .max)]),
            GuestPlan(userland: .distribution(DistributionStart(root: .mounted, package: nil)), layout: .unified, agentPath: "a"),
            GuestPlan(mode: .nothing, layout: .unified, agentPath: ""),
        ]
}
