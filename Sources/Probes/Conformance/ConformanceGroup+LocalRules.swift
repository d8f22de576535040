import GuestProtocol

extension ConformanceGroup {
    /// Local rule files: upstream's phase 4b.
    static let localRules = ConformanceGroup(
        name: "local-rules", scenario: "local-rules",
        steps: [.startAgent, Guest.run("snapshot", ["sh", "-c", "cat \(Guest.logs)/AuthorizationRules_*"])] + scenarios.flatMap(\.steps)
            + [
                .list(path: Guest.rules), .remove(path: RuleService.imds.file), .remove(path: RuleService.wireServer.file),
                .stopAgent(signal: 15), .status(.status),
            ],
        checks: [precondition] + scenarios.map(\.check) + [ownership])

    private static let scenarios = RuleScenario.imds + RuleScenario.wireServer

    private static let precondition = ConformanceCheck("PRE", "the platform enables local rule files, and enforces") { evidence in
        guard let snapshot = evidence.output("snapshot"), snapshot.contains("useLocalFileRules-true") else {
            return .fail("the rules snapshot does not contain useLocalFileRules-true")
        }
        return snapshot.contains("\"Enforce\"") ? .pass("useLocalFileRules-true, Enforce") : .fail("the active mode is not Enforce")
    }

    private static let ownership = ConformanceCheck("F4", "rule files are owned by root and not writable by others") { evidence in
        permissions(evidence, Guest.rules, forbidden: 0o022)
    }
}
