import Guidance
import MatrixModel

extension Diagnosis {
    /// The number of refusals after which waiting longer does not help.
    private static let lastingRefusals = 3

    /// The key: offered, held, accepted. `keyLatchStatus.status` says nothing of it (it is RUNNING while the agent polls), its message does.
    @Sendable static func key(_ facts: FieldFacts) -> [Conclusion] {
        let message = facts.status?[.keyLatch]?.message ?? ""
        let quote = message.isEmpty ? nil : facts.quote(.keyLatch)
        var found: [Conclusion] = []
        if message.contains("Failed to get key status") || facts.status == nil && !facts.platformErrors.isEmpty {
            found.append(
                Conclusion(.platformUnreachable, .certain, "The agent cannot ask the platform for the state of the key.", [quote, facts.platformErrors.last]))
        }
        let isRefused = message.contains("Failed to acquire key details") || facts.status == nil && !facts.keyRefusals.isEmpty
        if isRefused { found += refusal(facts, [quote, facts.keyRefusals.last], message) }
        if message.contains("Failed to check the key") || !isRefused && facts.status == nil && facts.keyMissing != nil {
            found.append(Conclusion(.keyLost, .likely, "The key that the platform has latched cannot be read on this machine.", [quote, facts.keyMissing]))
        }
        if message.contains("Failed to attest the key") || facts.status == nil && facts.attestFailed != nil {
            found.append(Conclusion(.keyRejected, .certain, "The platform did not accept the key that it had just given.", [quote, facts.attestFailed]))
        }
        if message.contains("Failed to save key details") {
            found.append(Conclusion(.keyNotLatched, .certain, "The platform gave a key, and the agent could not keep it.", [quote]))
        }
        return found
    }

    private static func refusal(_ facts: FieldFacts, _ findings: [Finding?], _ message: String) -> [Conclusion] {
        let words = message.isEmpty ? facts.keyRefusals.last?.quote ?? "" : message
        // Without an answer of the platform it is not the platform that refuses.
        if ["connection", "connect to", "timed out", "unreachable"].contains(where: { words.lowercased().contains($0) }) {
            return [Conclusion(.platformUnreachable, .certain, "The agent cannot ask the platform for a key.", findings)]
        }
        var found: [Conclusion] = []
        if let missing = facts.keyMissing {
            found.append(
                Conclusion(
                    .keyLost, .certain, "The platform has a key latched for this machine, the machine lost it, and another one is refused.",
                    findings + [missing]))
        } else {
            let isNumbered = ["401", "403", "404", "409", "410"].contains { words.contains($0) }
            found.append(
                Conclusion(
                    .keyNotOffered, isNumbered ? .certain : .likely,
                    "The platform refuses to hand out a key: one may be latched already (a migrated disk, a replaced OS disk).", findings,
                    wanted: [.keyStatus, .agentLog]))
        }
        if facts.keyRefusals.count >= lastingRefusals || facts.keyMissing != nil {
            let first = facts.keyRefusals.first
            found.append(
                Conclusion(
                    .keyResetNeeded, .likely,
                    "The agent was refused \(max(facts.keyRefusals.count, 1)) times without a success since; only a reset of the key ends that.",
                    [first, facts.keyMissing] + (facts.keyRefusals.isEmpty ? findings : [])))
        }
        return found
    }
}
