/// The concurrency limit, and its reason.
public struct JobCount: Hashable, Sendable, CustomStringConvertible {
    public let count: Int
    public let reason: String

    /// The limit of `--jobs`.
    init(asked count: Int) {
        self.count = count
        reason = "--jobs"
    }

    /// As many guests as cores and memory allow; at least one.
    init(_ host: HostResources, need: Int) {
        guard let memory = host.memory else {
            count = max(1, host.cores)
            reason = "one guest per usable core"
            return
        }
        let fitting = max(0, memory - HostResources.reserve) / max(need, 1)
        count = max(1, min(host.cores, fitting))
        let room = "\(HostResources.text(memory)) available, \(HostResources.text(need)) per guest"
        reason = fitting < host.cores ? "limited by memory: \(room); \(host.cores) usable cores" : "one guest per usable core; memory: \(room)"
    }

    public var description: String { "\(count) (\(reason))" }
}
