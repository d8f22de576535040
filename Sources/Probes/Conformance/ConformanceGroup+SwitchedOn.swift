import GuestProtocol
import MatrixModel

extension ConformanceGroup {
    /// An agent that is there before the protocol is switched on: upstream's end-to-end scenario of a baked-in agent.
    static let switchedOn = ConformanceGroup(
        name: "switched-on", scenario: "switched-on",
        steps: [
            // An agent may redirect until it has learnt from the platform that it is not to.
            .startAgent, .pause(milliseconds: 2_000), .clients([.get("off", address: Guest.imds, path: Guest.instance)]),
            .command(CommandSpec(name: "status-off", path: Guest.executable, arguments: ["--status", "--wait", "4"])),
            // The platform switches it on meanwhile.
            .pause(milliseconds: 6_000), .clients([.get("on", address: Guest.imds, path: Guest.instance)]),
            .command(CommandSpec(name: "status-on", path: Guest.executable, arguments: ["--status", "--wait", "4"])),
            .stopAgent(signal: 15), .startAgent, .clients([.get("restarted", address: Guest.imds, path: Guest.instance)]), .status(.status),
            .list(path: "\(Guest.keys)/provisioned.tag"),
        ],
        checks: [
            ConformanceCheck("E2E-off", "with the protocol off, requests to IMDS bypass the agent") { evidence in
                guard evidence.report("off")?.hasProxyHeader == false else { return .fail("the answer has the agent's header") }
                return evidence.expect([("off", [200])])
            },
            ConformanceCheck("E2E-on", "once the protocol is on, requests are redirected and signed without a restart", follows: ["B1a"]) { evidence in
                guard evidence.request("on")?.signature == .verified, evidence.report("on")?.hasProxyHeader == true else {
                    return .fail("the request was not signed (\(evidence.words("on")))")
                }
                return evidence.expect([("on", [200])])
            },
            ConformanceCheck("E2E-restart", "after a restart, requests are signed with the same key", follows: ["E2E-on"]) { evidence in
                guard let before = evidence.request("on")?.signedWith, evidence.request("restarted")?.signedWith == before else {
                    return .fail("another key, or no key")
                }
                return evidence.expect([("restarted", [200])])
            },
            ConformanceCheck("E2E-status", "--status --wait exits with 0 with the protocol off and on, as cloud-init requires") { evidence in
                for name in ["status-off", "status-on"] {
                    let report = evidence.commands.first { $0.name == name }
                    guard report?.ending == .exited(code: 0) else {
                        return .fail("\(name): \(report?.ending.map { "\($0)" } ?? "no end") \(evidence.output(name) ?? "")")
                    }
                }
                return .pass("0 both times")
            },
            ConformanceCheck("E2E-tag", "provisioned.tag records when the agent became ready") { evidence in
                permissions(evidence, "\(Guest.keys)/provisioned.tag", forbidden: 0o077)
            },
        ])
}
