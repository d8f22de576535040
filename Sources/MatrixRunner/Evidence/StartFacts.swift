import GuestProtocol
import Judgement
import MatrixModel

/// How a guest started, and how a restored guest's clock and random seed were set, as written to `facts.json`.
struct StartFacts: Codable, Hashable, Sendable {
    var start: StartMode
    /// How far the guest's clock was behind at the restore, in seconds: about the age of the snapshot. Null for a guest that booted.
    var clockBehindSeconds: Double?
    /// The clock's difference from the host's after it was set, in milliseconds.
    var clockErrorMilliseconds: Int64?
    /// How many new random bytes the kernel's generator was seeded with.
    var seedBytes: Int?

    init(_ evidence: CellEvidence) {
        start = evidence.startMode
        clockErrorMilliseconds = evidence.clockErrorMilliseconds
        guard let report = evidence.hello?.waking else { return }
        clockBehindSeconds = (Double(report.timeAfter) - Double(report.timeBefore)) / 1e6
        seedBytes = report.seedError == 0 && report.reseedError == 0 ? WakeCall.seedSize : 0
    }
}
