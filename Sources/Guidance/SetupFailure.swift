/// A failure during the set-up of an agent or loader, as logged: the stage, the outcome, and the source line.
public struct SetupFailure: Hashable, Sendable {
    /// What failed.
    public enum Stage: String, CaseIterable, Hashable, Sendable {
        /// Loading a program.
        case load
        /// Creating a map.
        case map
        /// Attaching a program; opening the cgroup belongs to it.
        case attach
        /// Creating the link that attaches a program.
        case link
        /// Listening for redirected connections.
        case listener
        /// Getting, keeping or proving the key.
        case key
    }

    /// How far a load got. For the other stages it is `failed`.
    public enum Outcome: String, CaseIterable, Hashable, Sendable {
        /// The verifier refused the program and gave a reason.
        case refused
        /// The kernel turned the call down before verification: privilege, policy, configuration, or an unknown program type.
        case neverVerified = "never-verified"
        /// The verifier ran to its end, its log has no reason, and the call failed all the same.
        case failedAfterwards = "failed-afterwards"
        /// The message breaks off before it could say.
        case cut
        case failed
    }

    public let stage: Stage
    public private(set) var outcome: Outcome
    /// The program's or map's name; nil where the line names none.
    public let subject: String?
    public let error: SystemError?
    /// The unchanged line of the log, bounded. Its bytes are the guest's: escape them before showing them.
    public let line: String
    /// Who wrote the line, where its prefix says so.
    public let speaker: String?
    /// Where the line begins in the text, in bytes.
    public let position: Int
    /// How often the log says so.
    public internal(set) var count = 1

    /// What a loader found missing, with the version that it names: `create link: not supported (requires >= v5.7)`.
    public var required: KernelFeature? {
        guard let range = line.firstRange(of: "requires >= v") else { return nil }
        let numbers = line[range.upperBound...].prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
        guard numbers.count >= 2 else { return nil }
        let head = line[..<range.lowerBound]
        let words = (head.firstRange(of: " not supported").map { head[..<$0.lowerBound] } ?? head).split(separator: ":").last { !$0.allSatisfy(\.isWhitespace) }
        let name = (words ?? "").drop(while: \.isWhitespace).prefix(60)
        return KernelFeature("what the loader needs (\(name))", since: numbers[0], numbers[1], source: "the loader's own message")
    }

    /// systemd loads its own programs (`sd_…`) to learn what the kernel supports. Their failures are expected and unrelated to the agent.
    public var isProbeOfSystemd: Bool {
        if subject?.hasPrefix("sd_") == true || line.contains("sd_restrict") || line.contains("'sd_") || line.contains("bpf-firewall:") { return true }
        return speaker.map(Self.isSystemd) ?? false
    }

    /// Of the first line of a text that was cut the name may have lost its beginning.
    static func isSystemd(_ speaker: String) -> Bool { "systemd".hasSuffix(speaker) || speaker.hasPrefix("systemd-") }

    /// A failure that only a verifier log shows.
    public static func ofLog(_ report: VerifierReport) -> SetupFailure {
        SetupFailure(
            stage: .load, outcome: report.log.state == .refused ? .refused : .failed, subject: report.subject, error: report.error, line: report.line,
            speaker: report.speaker, position: report.position)
    }

    func with(_ outcome: Outcome) -> SetupFailure {
        var other = self
        other.outcome = outcome
        return other
    }

    /// Whether a later success of the same kind cancels this failure.
    func isTakenBack(by success: SetupSuccess) -> Bool {
        guard success.position > position else { return false }
        switch success.kind {
        case .everything: return [.load, .map, .attach, .link].contains(stage)
        case .loaded: return stage == .load && (success.subject == nil || subject == nil || success.subject == subject)
        case .attached: return [.attach, .link, .load].contains(stage) && success.subject != nil && success.subject == subject
        case .listening: return stage == .listener
        case .key: return stage == .key
        }
    }
}

/// A success that a log names.
struct SetupSuccess: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case loaded, attached, everything, listening, key }

    let kind: Kind
    let subject: String?
    let position: Int
}
