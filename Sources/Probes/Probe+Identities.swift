import GuestProtocol
import Judgement
import MatrixModel

extension Probe {
    /// Callers that an agent takes for another user if it reads the wrong id. A caller is its real user id, as the kernel has it when it connects
    /// (bpf_get_current_uid_gid in kernel/bpf/helpers.c gives real ids of the initial user namespace).
    static let identities: [Probe] = [
        identity(
            .identityUserNotGroup, "a user id is not treated as a group id",
            [
                trap("identity-root-other-group", ClientIdentity(user: 0, group: ClientSpec.nobody)),
                trap("identity-user-root-group", ClientIdentity(user: ClientSpec.nobody, group: 0)),
            ]),
        identity(
            .identitySupplementaryGroup, "a member of root's group is not root",
            [trap("identity-root-member", ClientIdentity(user: ClientSpec.nobody, group: ClientSpec.nobody, groups: [0]))]),
        identity(
            .identitySetuid, "a setuid program is its real user's",
            [trap("identity-setuid", ClientIdentity(user: ClientSpec.nobody, group: ClientSpec.nobody, effectiveUser: 0))]),
        identity(
            .identityShortLived, "a process that ends once it has connected is known all the same",
            [
                trap("identity-short-lived-root", ClientIdentity(user: 0, group: 0, isShortLived: true)),
                trap("identity-short-lived-user", ClientIdentity(user: ClientSpec.nobody, group: ClientSpec.nobody, isShortLived: true)),
            ]),
        identity(
            .identityUserNamespace, "root of a user namespace of its own is not root",
            [trap("identity-user-namespace", .ordinary(ClientSpec.nobody), isolation: .userAndCgroup)]),
        Probe(
            .identityNetworkNamespace, "a client in another network namespace gets neither an identity nor a signature", weight: .lesser, needs: [.signed],
            steps: { $0.isSigned ? [.client(trap(ProbeNames.otherNetwork, .ordinary(0), isolation: .network))] : [] }, judge: cutOff),
    ]

    private static func trap(_ name: String, _ identity: ClientIdentity, isolation: ClientSpec.Isolation = .none) -> ClientSpec {
        .request(name, identity, .imds, executable: ProbeNames.identityExecutable, isolation: isolation)
    }

    private static func identity(_ id: ProofID, _ title: String, _ clients: [ClientSpec]) -> Probe {
        Probe(
            id, title, weight: .lesser, needs: [.attach], follows: [.redirectedIMDS, .listener, .attributedUser, .keyLatched, .forwarded], hiddenBy: [.signed],
            steps: { setting in
                setting.isSigned ? clients.map { .client($0) } : []
            }
        ) { evidence in
            guard evidence.isPlanned(clients[0].name) else { return .notApplicable("The scenario has no such client.") }
            for client in clients {
                guard let trace = evidence.trace(client.name) else { return evidence.undecided("client \(client.name)") }
                if let impossible = trace.impossible { return impossible }
                if trace.claimsAreRight == false { return misattributed(trace) }
                guard trace.claimsAreRight == true else {
                    return trace.wasRefusedByAgent
                        ? .fail(
                            .misattributed, "The agent refused client \(client.name) with \(trace.report.httpStatus ?? 0), although its user is allowed.",
                            trace.findings)
                        : .fail(.notForwarded, "The request of client \(client.name) did not come through the agent.", trace.findings)
                }
                guard trace.outcome == .signed else { return evidence.undecided("the answer to client \(client.name)") }
            }
            return .pass("\(clients.map(\.name).joined(separator: ", ")) reported with the right user.", evidence.trace(clients[0].name)?.findings ?? [])
        }
    }

    private static func cutOff(_ evidence: ProbeEvidence) -> ProofOutcome {
        guard evidence.isPlanned(ProbeNames.otherNetwork) else { return .notApplicable("The scenario has no such client.") }
        guard let trace = evidence.trace(ProbeNames.otherNetwork) else { return evidence.undecided("client \(ProbeNames.otherNetwork)") }
        if let impossible = trace.impossible { return impossible }
        if trace.requests.contains(where: { $0.cameThroughAgent || $0.signature == .verified }) {
            return .fail(
                .misattributed, "The request of a client in another network namespace reached the platform with the agent's word for it.", trace.findings)
        }
        guard trace.requests.isEmpty, trace.report.connectError != nil else {
            return .unproven(.guestSetup, "A client in an empty network namespace reached something, so nothing is proven by it.", trace.findings)
        }
        return .pass("A client in another network namespace reaches neither the agent nor the platform.", trace.findings)
    }
}
