public import JSON

/// Applies the platform's authorisation rules.
public protocol RuleSink: Sendable {
    /// Called at every pass, even without a change: local files that the rules refer to may have changed.
    func update(remote: [PlatformService: JSONValue])
}
