import GuestProtocol
import Judgement
import MatrixModel

/// How a guest started and what of it was put right, as `facts.json` has it.
struct StartFacts: Codable, Hashable, Sendable {
    var start: StartMode
    /// How far the guest's clock was behind when it was woken, in seconds: about the age of the snapshot. Null for a guest that booted.
    var clockBehindSeconds: Double?
    /// How far it was from the host's once it was set.
    var clockErrorMilliseconds: Int64?
    /// How many random bytes of its own the kernel's generator took and drew on.
    var seedBytes: Int?

    init(_ evidence: CellEvidence) {
        start = evidence.startMode
        clockErrorMilliseconds = evidence.clockErrorMilliseconds
        guard let report = evidence.hello?.waking else { return }
        clockBehindSeconds = (Double(report.timeAfter) - Double(report.timeBefore)) / 1e6
        seedBytes = report.seedError == 0 && report.reseedError == 0 ? WakeCall.seedSize : 0
    }
}
