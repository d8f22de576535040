/// The run that measured what another one took over.
public struct MeasuringRun: Hashable, Sendable, Codable {
    public let run: String
    /// RFC 3339, UTC.
    public let started: String

    public init(run: String, started: String) {
        self.run = run
        self.started = started
    }
}
