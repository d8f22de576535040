import GuestProtocol
import MatrixModel

extension ConformanceGroup {
    /// The listener, redirection, signatures and files: upstream's phases 2, 3 and 5.
    static let surface = ConformanceGroup(name: "surface", scenario: "enforced", steps: surfaceSteps, checks: listenerChecks + redirectionChecks + fileChecks)

    private static let malformed = [
        Guest.raw("a3-method", "BREW / HTTP/1.1\r\nHost: x\r\n\r\n"), Guest.raw("a3-version", "GET / HTTP/9.9\r\nHost: x\r\n\r\n"),
        Guest.raw("a3-path", "GET /\(String(repeating: "a", count: 65_000)) HTTP/1.1\r\nHost: x\r\n\r\n"),
        Guest.raw("a3-desync", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n"),
    ]

    private static let surfaceSteps: [GuestStep] = [
        .startAgent, Guest.run("pid-before", ["pidof", "azure-proxy-agent"]), Guest.run("listening", ["cat", "/proc/net/tcp"]),
        .clients([
            ClientSpec(name: "a1b", kind: .connect, user: 0, address: Guest.loopback, port: Guest.proxyPort),
            ClientSpec(name: "a1c", kind: .connect, user: 0, address: Guest.own, port: Guest.proxyPort),
        ]),
        .clients(malformed),
        .clients([
            Guest.raw("a4", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n"),
            Guest.raw("a5", "GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n"),
            Guest.raw("g2-url", "GET /\(String(repeating: "b", count: 100_000)) HTTP/1.1\r\nHost: x\r\n\r\n"),
        ]),
        .clients([
            .get("b1a", address: Guest.imds, path: Guest.instance),
            .get(
                "b4", address: Guest.imds, path: Guest.instance,
                headers: [
                    "x-ms-azure-signature: forged", "x-ms-azure-time-tick: 1", "x-ms-azure-host-authorization: Azure-HMAC-SHA256 forged 00",
                    "x-ms-azure-host-claims: { \"isRoot\": \"true\"}",
                ]),
            .get("c1", user: Guest.nobody, address: Guest.wireServer, path: "/machine?comp=goalstate"),
            .get("c1-root", address: Guest.wireServer, path: "/machine?comp=goalstate"),
            .get("b4-user", user: Guest.nobody, address: Guest.imds, path: Guest.instance, headers: ["x-ms-azure-host-claims: { \"isRoot\": \"true\"}"]),
        ]),
        .clients([
            .get("c5", isolation: .userAndCgroup, address: Guest.imds, path: Guest.instance),
            .get("c6", isolation: .network, address: Guest.imds, path: Guest.instance),
            .get("c7-hex", address: Guest.imds, path: Guest.instance, host: "0xa9fea9fe"),
            .get("c7-decimal", address: Guest.imds, path: Guest.instance, host: "2852039166"),
            .get("c7-mapped", address: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + Guest.imds, path: Guest.instance, host: "[::ffff:169.254.169.254]"),
        ]),
        .open([.get("b1b", address: Guest.imds, path: Guest.instance)]), Guest.run("connected", ["cat", "/proc/net/tcp"]), .finish,
        .burst(
            [
                .get("g1", address: Guest.imds, path: Guest.instance),
                .get("g1-user", user: Guest.nobody, address: Guest.imds, path: Guest.instance),
            ], count: 100),
        .clients((0..<10).map { .get("ping-\($0)", address: Guest.imds, path: Guest.instance) }),
        Guest.run("pid-after", ["pidof", "azure-proxy-agent"]), .list(path: Guest.keys), .list(path: Guest.logs), .list(path: Guest.executable),
        .list(path: Guest.rules),
        Guest.run("secrets", ["sh", "-c", "grep -Eil '\"key\"|secret|signature|hmac|token' \(Guest.logs)/status.json \(Guest.logs)/AuthorizationRules_*"]),
        Guest.run(
            "logged-signature",
            [
                "sh", "-c",
                "grep -Eo '.{0,60}Azure-HMAC-SHA256 [0-9a-f-]+ [0-9a-f]{64}' \(Guest.logs)/*.log | sed -E 's/[0-9a-f-]{36}/(key)/; "
                    + "s/[0-9a-f]{64}/(signature)/' | head -n 3",
            ]),
        // E4: what happens once the agent is dead.
        .stopAgent(signal: 9), .clients([.get("e4", address: Guest.imds, path: Guest.instance)]), .startAgent,
        .clients([.get("g4", address: Guest.imds, path: Guest.instance)]), .stopAgent(signal: 15), .status(.status),
    ]

    // MARK: A and G

    private static let listenerChecks: [ConformanceCheck] = [
        ConformanceCheck("A0", "the unit azure-proxy-agent is active") { _ in
            .notApplicable("a micro guest has no service manager; the process is monitored instead")
        },
        ConformanceCheck("A1", "port 3080 listens on 127.0.0.0/8 only") { evidence in
            let sockets = ProcNetTCP.sockets(evidence.output("listening") ?? "").filter { $0.state == 0x0A && $0.localPort == Guest.proxyPort }
            guard !sockets.isEmpty else { return .fail("nothing listens on port 3080") }
            let wrong = sockets.filter { $0.localAddress[0] != 127 }
            return wrong.isEmpty
                ? .pass("\(sockets.count) listener on 127.0.0.1")
                : .fail("the agent listens on \(wrong[0].localAddress.map(String.init).joined(separator: "."))")
        },
        ConformanceCheck("A1b", "a connection over loopback is accepted", follows: ["A1"]) { evidence in
            evidence.report("a1b")?.connectError == nil && evidence.report("a1b") != nil ? .pass("connected") : .fail(evidence.words("a1b"))
        },
        ConformanceCheck("A1c", "port 3080 is closed on the guest's own address") { evidence in
            evidence.report("a1c")?.connectError == 111 ? .pass("refused") : .fail(evidence.words("a1c"))
        },
        ConformanceCheck("A3", "malformed requests do not stop the agent", follows: ["A1"]) { evidence in
            let answers = malformed.map { "\($0.name): \(evidence.words($0.name))" }.joined(separator: ", ")
            let served = malformed.first { evidence.status($0.name).map { (200..<300).contains($0) } ?? false }
            if let served { return .fail("\(served.name) was served (\(answers))") }
            return samePID(evidence, answers)
        },
        ConformanceCheck("A4", "CONNECT is rejected", follows: ["A1"]) { $0.expect([("a4", [405])]) },
        ConformanceCheck("A5", "the agent is not an open proxy", follows: ["A1"]) { evidence in
            evidence.status("a5").map { (200..<300).contains($0) } == false ? .pass(evidence.words("a5")) : .fail(evidence.words("a5"))
        },
        ConformanceCheck("G1", "a burst of 200 clients is served by the same process", follows: ["B1a"]) { evidence in
            let clients = evidence.reports.filter { $0.name.hasPrefix("g1") }
            let failed = clients.count { $0.httpStatus != 200 }
            guard clients.count == 200, failed == 0 else { return .fail("\(failed) of \(clients.count) were not served") }
            return samePID(evidence, "200 served")
        },
        ConformanceCheck("G2", "a very long URL is rejected", follows: ["A1"]) { $0.expect([("g2-url", [400, 414, 431])]) },
        ConformanceCheck("G4", "after SIGKILL and a new start, the agent serves again", follows: ["B1a"]) { $0.expect([("g4", [200])]) },
    ]

    private static func samePID(_ evidence: ConformanceEvidence, _ detail: String) -> ConformanceOutcome {
        guard let before = evidence.output("pid-before"), let after = evidence.output("pid-after"), !before.isEmpty else {
            return .fail("the process is missing")
        }
        return before == after ? .pass(detail) : .fail("the process changed from \(before) to \(after)")
    }

    // MARK: B and C

    private static let redirectionChecks: [ConformanceCheck] = [
        ConformanceCheck("P3-cap", "a packet capture runs during the tests") { _ in .notApplicable("replaced by the platform's journal") },
        ConformanceCheck("B1a", "requests to IMDS are redirected and signed") { evidence in
            guard evidence.request("b1a")?.signature == .verified else { return .fail("the platform received no valid signature (\(evidence.words("b1a")))") }
            return evidence.expect([("b1a", [200])])
        },
        ConformanceCheck("B1b", "the kernel shows an IMDS connection at 127.0.0.1:3080", follows: ["B1a"]) { evidence in
            let found = ProcNetTCP.sockets(evidence.output("connected") ?? "").contains {
                $0.state == 1 && $0.remotePort == Guest.proxyPort && $0.remoteAddress[0] == 127
            }
            return found ? .pass("present") : .fail("no established connection to 127.0.0.1:3080")
        },
        ConformanceCheck("B3", "key files are not readable by others") { evidence in permissions(evidence, Guest.keys, forbidden: 0o077) },
        ConformanceCheck("B4", "forged signatures and claims have no effect", follows: ["B1a"]) { evidence in
            guard evidence.request("b4")?.signature == .verified, evidence.request("b4-user")?.claims?.contains("false") == true else {
                return .fail(
                    "the platform saw signature \(evidence.request("b4")?.signature.rawValue ?? "none") and claims "
                        + "\(evidence.request("b4-user")?.claims ?? "none")"
                )
            }
            return evidence.expect([("b4", [200]), ("b4-user", [200])])
        },
        ConformanceCheck("C1", "WireServer requires root", follows: ["B1a"]) { $0.expect([("c1", [401, 403]), ("c1-root", [200])]) },
        ConformanceCheck("C5", "new user and cgroup namespaces have no effect", follows: ["B1a"]) { evidence in
            guard evidence.request("c5")?.signature == .verified else { return .fail("the platform received no valid signature (\(evidence.words("c5")))") }
            return evidence.expect([("c5", [200])])
        },
        ConformanceCheck("C6", "another network namespace gets neither the agent's identity nor a signature") { evidence in
            guard evidence.request("c6") == nil, evidence.report("c6")?.connectError != nil else {
                return .fail("the client was not isolated: \(evidence.words("c6"))")
            }
            return .pass(evidence.words("c6"))
        },
        ConformanceCheck("C7", "other spellings of the address give the same answer or are rejected", follows: ["B1a"]) { evidence in
            guard let canonical = evidence.report("b1a") else { return .fail("no canonical answer") }
            let names = ["c7-hex", "c7-decimal", "c7-mapped"]
            let seen = names.map { "\($0): \(evidence.words($0))" }.joined(separator: ", ")
            let odd = names.first { name in
                guard let report = evidence.report(name), let status = report.httpStatus else { return false }
                return !(status == canonical.httpStatus && report.bodyChecksum == canonical.bodyChecksum) && !(400..<500).contains(status)
            }
            return odd.map { .fail("\($0) differs (\(seen))") } ?? .pass(seen)
        },
        ConformanceCheck("E2E-ping", "ten requests to IMDS are answered with the agent's header", follows: ["B1a"]) { evidence in
            let names = (0..<10).map { "ping-\($0)" }
            guard names.allSatisfy({ evidence.report($0)?.hasProxyHeader == true }) else { return .fail("an answer lacks x-ms-azure-host-authorization") }
            return evidence.expect(names.map { ($0, [200]) })
        },
        ConformanceCheck("E2E-validation", "status.json reports the channel's state in the control plane's form") { evidence in
            let wanted = "WireServer Enforce -  IMDS Enforce - HostGA Enforce"
            return evidence.status.contains("\"\(wanted)\"") ? .pass(wanted) : .fail("secureChannelState differs")
        },
    ]

    // MARK: E and F

    private static let fileChecks: [ConformanceCheck] = [
        ConformanceCheck("E1", "keys, logs and program are owned by root and not writable by others") { evidence in
            for outcome in [
                permissions(evidence, Guest.keys, forbidden: 0o077), permissions(evidence, Guest.logs, forbidden: 0o022),
                permissions(evidence, Guest.executable, forbidden: 0o022),
            ] {
                if case .fail = outcome { return outcome }
            }
            return .pass("modes and owners are correct; a micro guest has no unit")
        },
        ConformanceCheck("E4", "without the agent, the platform rejects requests that bypass it") { evidence in
            guard evidence.request("e4") != nil, let status = evidence.status("e4") else {
                return .fail("the platform was not reached (\(evidence.words("e4")))")
            }
            return status == 401 || status == 403 ? .pass("\(status)") : .fail("the answer was \(status)")
        },
        ConformanceCheck("F1", "status and rule files contain no secrets") { evidence in
            guard let output = evidence.output("secrets") else { return .fail("cannot search the files") }
            return output.isEmpty ? .pass("no match") : .fail("matches in \(output.split(separator: "\n").joined(separator: ", "))")
        },
        ConformanceCheck("F1-log", "logs contain no signatures") { evidence in
            guard let output = evidence.output("logged-signature") else { return .fail("cannot search the logs") }
            return output.isEmpty ? .pass("no match") : .fail("signatures found: \(output.split(separator: "\n").joined(separator: ", "))")
        },
    ]

    static func permissions(_ evidence: ConformanceEvidence, _ path: String, forbidden: UInt32) -> ConformanceOutcome {
        guard let entries = evidence.listing(path)?.entries, !entries.isEmpty else { return .fail("\(path) is missing") }
        let wrong = entries.first { $0.permissions & forbidden != 0 || $0.user != 0 }
        return wrong.map { .fail("\($0.path) has mode \(String($0.permissions, radix: 8)) and owner \($0.user)") } ?? .pass("\(entries.count) entries")
    }
}

/// The kernel's table of TCP sockets (proc(5), /proc/net/tcp).
enum ProcNetTCP {
    struct Socket: Hashable {
        let localAddress: [UInt8]
        let localPort: UInt16
        let remoteAddress: [UInt8]
        let remotePort: UInt16
        /// 1 established, 10 listening (include/net/tcp_states.h).
        let state: UInt8
    }

    static func sockets(_ table: String) -> [Socket] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 3, let local = end(fields[1]), let remote = end(fields[2]), let state = UInt8(fields[3], radix: 16) else { return nil }
            return Socket(localAddress: local.0, localPort: local.1, remoteAddress: remote.0, remotePort: remote.1, state: state)
        }
    }

    /// `0100007F:0C08`: the address as one number in the machine's byte order.
    private static func end(_ text: Substring) -> ([UInt8], UInt16)? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let address = UInt32(parts[0], radix: 16), let port = UInt16(parts[1], radix: 16) else { return nil }
        return ((0..<4).map { UInt8(truncatingIfNeeded: address >> (8 * $0)) }, port)
    }
}
