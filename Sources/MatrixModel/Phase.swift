/// The phases of a cell that are timed. `total` is the whole cell, queueing left out.
public enum Phase: String, CaseIterable, Hashable, Sendable, Codable {
    /// From the emulator's start to the guest's READY.
    case boot
    /// From sending the plan to the agent's first settled status.
    case deploy
    /// The clients' requests.
    case probe
    /// From the last evidence frame to the emulator's end.
    case shutdown
    case judge
    case total
}
