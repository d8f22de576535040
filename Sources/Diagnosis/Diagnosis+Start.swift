import Guidance
import MatrixModel

extension FieldFacts {
    /// Why the agent's program did not even begin.
    enum StartTrouble: Hashable {
        /// It was built for a newer C library, of which it asks for this version.
        case library(String)
        /// The kernel did not execute it.
        case notExecuted
    }

    /// The dynamic loader's words, and systemd's exit status 203, which is execve(2)'s failure (systemd.exec(5)).
    mutating func readStartTrouble(_ text: FieldText) {
        for line in text.bytes.lines(containing: ["' not found (required by ", "status=203/EXEC"], most: 64) {
            let raw = text.bytes.string(line, most: 1_000)
            guard raw.contains("azure-proxy-agent") || raw.contains("GuestProxyAgent"), let trouble = Self.startTrouble(in: raw) else { continue }
            startTrouble = Observed(trouble, text.finding(raw))
        }
    }

    private static func startTrouble(in line: String) -> StartTrouble? {
        if line.contains("status=203/EXEC") { return .notExecuted }
        guard let range = line.firstRange(of: "version `") ?? line.firstRange(of: "version '") else { return nil }
        let version = line[range.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }.prefix(40)
        return version.isEmpty ? nil : .library(String(version))
    }
}

extension Diagnosis {
    /// An agent that cannot begin.
    @Sendable static func start(_ facts: FieldFacts) -> [Conclusion] {
        guard let trouble = facts.startTrouble, facts.unit?.value != .running else { return [] }
        switch trouble.value {
        case .library(let version):
            return [
                Conclusion(
                    .agentNotRunning, .certain,
                    "The agent's program was built for a newer C library than this distribution has: it asks for \(version), and does not begin. A "
                        + "package made for this distribution does.",
                    [trouble.finding, facts.distribution?.finding], wanted: facts.distribution == nil ? [.osRelease] : [],
                    advice: [.measure(.upgradeAgent), .measure(.reportAgent)])
            ]
        case .notExecuted:
            return [
                Conclusion(
                    .agentNotRunning, .certain,
                    "The kernel did not execute the agent's program (203/EXEC): its file is missing, is not executable, or is for another architecture.",
                    [trouble.finding, facts.unit?.finding], wanted: [.journal], advice: [.measure(.upgradeAgent), .measure(.readAgentLogs)])
            ]
        }
    }
}
