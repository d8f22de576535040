public import JSON

/// Who applies the platform's authorisation rules.
public protocol RuleSink: Sendable {
    /// Called at every pass, changed or not: what the rules refer to on this machine may have changed.
    func update(remote: [PlatformService: JSONValue])
}
