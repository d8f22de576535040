/// How a guest ended, as far as judging goes. Only `poweredOff` lets the guest's own words count.
public enum GuestFate: Hashable, Sendable {
    /// It said farewell and powered off.
    case poweredOff
    /// It powered off, reset or halted without farewell.
    case endedEarly
    /// Nothing came from it although the emulator ran: it never got ready.
    case hung
    /// It was ready, and did not finish in time.
    case deadline
    /// The emulator exited or was killed from outside.
    case emulatorExited(String)
    case consoleFlood
    case protocolViolation(String)
    /// The harness could not carry the attempt out.
    case harnessFailed(String)
}
