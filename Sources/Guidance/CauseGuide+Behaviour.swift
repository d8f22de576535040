import MatrixModel

/// What clients and the platform see of an agent that runs.
extension CauseGuide {
    static let notRedirected = behaviour(
        .notRedirected, "Requests bypass the agent", "The agent says SUCCESS, and the platform receives unsigned requests.",
        "A request in `fabric.jsonl` without the agent's claims.", [.detachOther, .upgradeAgent, .reportAgent])
    static let notForwarded = behaviour(
        .notForwarded, "The agent accepts requests and does not forward them", "Clients wait, or are rejected.",
        "A client in `clients.json` that connected to the agent, and no request from it in `fabric.jsonl`.")
    static let misattributed = behaviour(
        .misattributed, "The agent attributes a request to the wrong client", "Rules for a user or process apply to the wrong one.",
        "Claims in `fabric.jsonl` that are not the client's.")
    static let eventsLost = behaviour(
        .eventsLost, "The agent lost records of connections", "Single requests are answered with 421 under load.", "A loss counter in `status-final.json`.")
    static let statusContradicted = behaviour(
        .statusContradicted, "The agent's status contradicts what the platform saw", "`status.json` says one thing and the traffic another.",
        "The quoted line of `status.json` next to the one of `fabric.jsonl`.")
    static let requestsUnsigned = behaviour(
        .requestsUnsigned, "Requests pass through the agent unsigned", "The platform rejects requests although the agent has a key.",
        "`signature none` in `fabric.jsonl`.", [.readAgentLogs, .upgradeAgent, .reportAgent])
    static let wronglyDenied = behaviour(
        .wronglyDenied, "The agent rejects what its rules allow", "An authorised process is answered with 403.",
        "A client in `clients.json` with 403 that the scenario expects to pass.")
    static let wronglyAllowed = behaviour(
        .wronglyAllowed, "The agent forwards what its rules forbid", "Nothing shows on the machine.", "A request in `fabric.jsonl` that must not be there.")
    static let identityMissing = behaviour(
        .identityMissing, "Connections are redirected, and callers cannot be identified", "Every request is answered with 421.",
        "421 for every client in `clients.json`, and nothing in `fabric.jsonl`.", [.checkLockdown, .upgradeAgent, .reportAgent])
    static let dualStackNotRedirected = behaviour(
        .dualStackNotRedirected, "Clients that use an IPv4-mapped IPv6 address bypass the agent",
        "Some language run-times reach the metadata services unsigned.",
        "A request of the client `::ffff:169.254.169.254` in `fabric.jsonl` without claims.")
    static let redirectedTooMuch = behaviour(
        .redirectedTooMuch, "The agent redirects connections to other addresses", "Connections to other places fail.",
        "A client in `clients.json` that connected to another address and reached the agent.")
    static let scenarioContradicted = behaviour(
        .scenarioContradicted, "The outcome is not what the scenario expects", "The agent reacts to the platform differently from a working agent.",
        "The quoted client or status next to the scenario's `expect`.")

    private static func behaviour(
        _ cause: Cause, _ title: String, _ symptom: String, _ proof: String, _ measures: [Measure] = [.upgradeAgent, .reportAgent]
    ) -> CauseGuide {
        CauseGuide(of: cause, title, symptom: symptom, proof: proof, wanted: [.cell], measures: measures)
    }
}
