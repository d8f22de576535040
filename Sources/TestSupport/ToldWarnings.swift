import Synchronization

/// The warnings that were told.
public final class ToldWarnings: Sendable {
    private let told = Mutex<[String]>([])

    public init() {}

    public var warnings: [String] { told.withLock { $0 } }

    public func add(_ text: String) { told.withLock { $0.append(text) } }
}
