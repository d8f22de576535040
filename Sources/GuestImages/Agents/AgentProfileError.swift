/// Why there is no single profile for an agent.
public struct AgentProfileError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case unreadable, tooLarge, unknown, sameName
        /// Several profiles recognise one bundle.
        case ambiguous
        /// A known defect names a conformance check that does not exist.
        case unknownCheck
    }

    public let code: Code
    /// The file, the profile or the bundle.
    public let subject: String
    /// The names of profiles, or of the checks that do not exist.
    public let others: [String]

    public init(_ code: Code, subject: String, others: [String] = []) {
        self.code = code
        self.subject = subject
        self.others = others
    }

    public var description: String {
        switch code {
        case .unreadable: "cannot read the agent profile '\(subject)': there is no such file, or you may not read it; check the path"
        case .tooLarge: "cannot read the agent profile '\(subject)': it is larger than 1 MiB; is it a profile?"
        case .unknown: "no agent profile '\(subject)'; profiles are: \(others.joined(separator: ", ")); or give the path of a .yml file"
        case .sameName: "two agent profiles are named '\(subject)'; rename one of them"
        case .unknownCheck:
            "agent profile '\(subject)': the conformance suite has no check \(others.joined(separator: ", ")); 'kmatrix conformance' prints the ids of "
                + "all checks"
        case .ambiguous:
            "the agent '\(subject)' matches several profiles: \(others.joined(separator: ", ")); choose one with --agent-profile, or make their "
                + "'recognised' parts more exact"
        }
    }
}
