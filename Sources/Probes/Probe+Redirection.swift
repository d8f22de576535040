import GuestProtocol
import Judgement
import MatrixModel

extension Probe {
    /// Which connections go to the agent, which do not, and what comes back.
    static let redirection: [Probe] = [
        redirected(
            .redirectedIMDS, .imds,
            more: [.root("imds-root-identity", .imds, path: Service.tokenPath), .user("imds-user-identity", .imds, path: Service.tokenPath)]),
        redirected(.redirectedWireServer, .wireServer), redirected(.redirectedHostGAPlugin, .hostGAPlugin),
        Probe(
            .forwarded, "the platform's answers reach the clients", needs: [.attach], follows: [.listener] + redirections + [.attributedUser],
            judge: forwardedAnswers),
        Probe(
            .dualStack, "clients that write the IPv4 address as IPv6 are redirected too", weight: .lesser,
            follows: [.attach, .redirectedIMDS], hiddenBy: [.attributedUser, .keyLatched, .forwarded, .signed],
            steps: { setting in
                // Java and other clients with one kind of socket for both write IPv4 addresses so (RFC 4291 section 2.5.5.2).
                let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + Service.imds.address
                return setting.isSigned ? [.client(.request(ProbeNames.dualStack, .ordinary(0), .imds, address: mapped))] : []
            }, judge: dualStackTreated),
        Probe(.leftAlone, "UDP, IPv6 and other addresses are not redirected", needs: [.attach], steps: { _ in untouched }, judge: leftAloneAsAsked),
        refusal(.bypassRefused, "the platform refuses a request that bypasses the agent", clients: ["imds-raw"]) { setting in
            setting.expectation.clients["imds-raw"] == nil ? [] : [.client(bypass)]
        },
        refusal(.earlyRefused, "the platform refuses requests over connections opened before the agent started", clients: ["imds-early", "wireserver-early"]) {
            setting in
            [ClientSpec.root("imds-early", .imds), .root("wireserver-early", .wireServer)].filter { setting.expectation.clients[$0.name] != nil }.map {
                .early($0)
            }
        },
    ]

    static let redirections: [ProofID] = [.redirectedIMDS, .redirectedWireServer, .redirectedHostGAPlugin]

    // MARK: - Redirected

    private static func redirected(_ id: ProofID, _ service: Service, more: [ClientSpec] = []) -> Probe {
        let clients = [ClientSpec.root("\(service.name)-root", service), .user("\(service.name)-user", service)] + more
        let names = Set(clients.map(\.name))
        return Probe(
            id, "connections to \(service.words) go where the scenario demands", follows: [.load, .attach, .listener],
            steps: { setting in
                clients.filter { setting.expectation.clients[$0.name] != nil }.map { .client($0) }
            }
        ) { evidence in
            // A platform that answers no request, or rejects all, does not show which way a request took.
            let expected = evidence.namedClients.filter { names.contains($0.name) && $0.expected != .failed && $0.expected != .refused }
            guard let first = expected.first else { return .notApplicable("The scenario does not say where connections to \(service.words) go.") }
            guard !evidence.isPlatformSilent else { return evidence.undecided("a request") }
            for (name, wanted) in expected {
                guard let trace = evidence.trace(name) else { return evidence.undecided("client \(name)") }
                if let failure = routeFailure(trace, goesToAgent: wanted != .direct, evidence) { return failure }
            }
            return .pass("\(expected.count) clients of \(service.words) were led where the scenario demands.", evidence.trace(first.name)?.findings ?? [])
        }
    }

    private static func routeFailure(_ trace: ClientTrace, goesToAgent: Bool, _ evidence: ProbeEvidence) -> ProofOutcome? {
        let name = trace.client.name
        switch trace.isRedirected {
        case .some(goesToAgent): return nil
        case .some(true):
            return .fail(.scenarioContradicted, "The request of client \(name) came through the agent, which the scenario does not ask for.", trace.findings)
        case .some(false) where trace.requests.isEmpty:
            return .fail(.notForwarded, "Client \(name) connected to the platform itself and got no answer.", trace.findings)
        case .some(false): return .fail(.notRedirected, "The request of client \(name) reached the platform without passing the agent.", trace.findings)
        case nil: return .fail(.notForwarded, "Client \(name) could not connect.", trace.findings)
        }
    }

    // MARK: - Forwarded

    private static func forwardedAnswers(_ evidence: ProbeEvidence) -> ProofOutcome {
        guard !evidence.isPlatformSilent else { return evidence.undecided("a request") }
        var count = 0
        for (name, wanted) in evidence.namedClients where wanted != .denied && !platformClients.contains(name) {
            guard let trace = evidence.trace(name) else { return evidence.undecided("client \(name)") }
            switch (wanted, trace.outcome) {
            case (.failed, .failed), (.refused, .refused): count += 1
            case (_, .failed): return .fail(.notForwarded, "Client \(name) did not get the platform's answer.", trace.findings)
            case (.failed, let outcome):
                return .fail(
                    .scenarioContradicted, "Client \(name)'s request ended as \(outcome.rawValue) where the platform gives no proper answer.", trace.findings)
            case (.refused, .direct), (.refused, .unsigned):
                return .unproven(.harness, "The simulated platform answered client \(name), which it should have refused.", trace.findings)
            case (.refused, let outcome):
                return .fail(.scenarioContradicted, "Client \(name)'s request ended as \(outcome.rawValue) instead of refused.", trace.findings)
            // Which way it came, whether it was signed and whether its caller was allowed are proofs of their own.
            case (_, .denied): continue
            default: count += 1
            }
        }
        return count > 0 ? .pass("\(count) clients got the platform's answer.") : .undecided("No client got as far as the platform.")
    }

    /// Clients that are about the platform rather than the agent.
    private static let platformClients: Set<String> = ["imds-raw", "imds-early", "wireserver-early"]

    // MARK: - Dual stack

    private static func dualStackTreated(_ evidence: ProbeEvidence) -> ProofOutcome {
        guard evidence.isPlanned(ProbeNames.dualStack) else { return .notApplicable("The scenario has no client of both address families.") }
        guard let trace = evidence.trace(ProbeNames.dualStack) else { return evidence.undecided("client \(ProbeNames.dualStack)") }
        guard trace.isRedirected == true else {
            return .fail(
                .dualStackNotRedirected,
                "A client that writes the address as IPv6 (::ffff:169.254.169.254) bypasses the agent: its request ended as \(trace.outcome.rawValue).",
                trace.findings)
        }
        // The client's own word for its peer proves nothing.
        guard trace.outcome == .signed, trace.claimsAreRight == true else { return evidence.undecided("client \(ProbeNames.dualStack) at the platform") }
        return .pass("A client that writes ::ffff:169.254.169.254 is redirected.", trace.findings)
    }

    // MARK: - Left alone

    private static let otherAddress: [UInt8] = [127, 0, 0, 9]
    private static let loopback6 = [UInt8](repeating: 0, count: 15) + [1]

    private static let untouched: [ProbeStep] = [
        .listen(address: otherAddress, port: 80), .listen(address: loopback6, port: 80),
        .client(plain("ipv4", .connect, otherAddress)), .client(plain("ipv6", .connect, loopback6)), .client(plain("udp", .datagram, Service.imds.address)),
    ]

    private static func plain(_ name: String, _ kind: ClientSpec.Kind, _ address: [UInt8]) -> ClientSpec {
        ClientSpec(
            name: ProbeNames.untouchedPrefix + name, kind: kind, user: 0, executable: ProbeNames.executable(isRoot: true), address: address,
            port: 80, request: Array("x".utf8))
    }

    private static func leftAloneAsAsked(_ evidence: ProbeEvidence) -> ProofOutcome {
        let clients = evidence.cell.clients.filter { $0.name.hasPrefix(ProbeNames.untouchedPrefix) }
        guard !clients.isEmpty else { return .notApplicable("No client goes elsewhere in this cell.") }
        for client in clients {
            guard let trace = evidence.trace(client.name) else { return evidence.undecided("client \(client.name)") }
            let wanted = Self.text(client.address, client.port)
            guard trace.report.connectError == nil, trace.report.failure.isEmpty else {
                return .unproven(.guestSetup, "Client \(client.name) could not reach its own machine, so nothing is proven by it.", trace.findings)
            }
            guard trace.report.peer == wanted else {
                return .fail(.redirectedTooMuch, "The connection of client \(client.name) to \(wanted) was redirected.", trace.findings)
            }
        }
        return .pass("\(clients.count) connections that are not the agent's business were left alone.")
    }

    /// As `getpeername` is printed; of IPv6 only the loopback address is asked for.
    static func text(_ address: [UInt8], _ port: UInt16) -> String {
        address.count == 4 ? "\(address.map(String.init).joined(separator: ".")):\(port)" : "[::1]:\(port)"
    }

    // MARK: - Refused by the platform

    /// Bypasses every hook of the kernel; no kernel could redirect it.
    private static let bypass: ClientSpec = {
        let plain = ClientSpec.root("imds-raw", .imds)
        return ClientSpec(
            name: plain.name, kind: .raw, identity: plain.identity, executable: plain.executable, address: plain.address, port: plain.port,
            request: plain.request)
    }()

    /// The platform is ours: where it answers otherwise than it should, nothing is proven about the agent.
    private static func refusal(
        _ id: ProofID, _ title: String, clients: [String], steps: @escaping @Sendable (ProbeSetting) -> [ProbeStep]
    ) -> Probe {
        Probe(id, title, needs: [.attach, .keyLatched], follows: redirections + [.signed], steps: steps) { evidence in
            let expected = evidence.namedClients.filter { clients.contains($0.name) }
            guard !expected.isEmpty else { return .notApplicable("The scenario does not speak of such a client.") }
            for (name, wanted) in expected {
                guard let trace = evidence.trace(name) else { return evidence.undecided("client \(name)") }
                let outcome = trace.outcome
                if outcome == wanted { continue }
                if trace.requests.contains(where: \.cameThroughAgent) {
                    return .fail(.scenarioContradicted, "The request of client \(name) came through the agent, which cannot have been.", trace.findings)
                }
                return .unproven(
                    .harness, "The simulated platform answered client \(name) otherwise than it should (\(outcome.rawValue) instead of \(wanted.rawValue)).",
                    trace.findings)
            }
            return .pass("\(expected.map { "\($0.name): \($0.expected.rawValue)" }.joined(separator: ", ")).", evidence.trace(expected[0].name)?.findings ?? [])
        }
    }
}
