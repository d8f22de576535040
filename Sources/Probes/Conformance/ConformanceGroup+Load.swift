import GuestProtocol
import MatrixModel

extension ConformanceGroup {
    /// Two hundred clients at once, again and again, half of them root's: each must be served and attributed correctly.
    public static func load(rounds: Int) -> ConformanceGroup {
        let bursts = (0..<rounds).map { round in
            GuestStep.burst(
                [
                    .get("load-\(round)-root", address: Guest.imds, path: Guest.instance),
                    .get("load-\(round)-user", user: Guest.nobody, address: Guest.imds, path: Guest.instance),
                ],
                count: 100)
        }
        return ConformanceGroup(
            name: "load", scenario: "enforced", steps: [.startAgent] + bursts + [.stopAgent(signal: 15), .status(.status)],
            checks: [
                ConformanceCheck("LOAD", "under load, every client is served and attributed correctly") { evidence in
                    let seen = Dictionary(
                        evidence.journal.compactMap { request in request.client.map { ($0, request) } }, uniquingKeysWith: { first, _ in first })
                    let clients = evidence.reports.filter { $0.name.hasPrefix("load-") }
                    let unserved = clients.count { $0.httpStatus != 200 }
                    let mismatches = clients.count { client in
                        let isRoot = client.name.contains("-root-")
                        guard client.httpStatus == 200 else { return false }
                        guard let request = seen[client.name] else { return true }
                        return request.signature != .verified || request.claims?.filter { $0 != " " }.contains("\"isRoot\":\"\(isRoot)\"") != true
                    }
                    let detail = "\(mismatches) mismatches and \(unserved) unserved of \(clients.count)"
                    return mismatches == 0 && unserved == 0 && clients.count == rounds * 200 ? .pass(detail) : .fail(detail)
                }
            ])
    }
}
