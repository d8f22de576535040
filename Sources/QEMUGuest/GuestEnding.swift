public import GuestProtocol

/// How a guest ended. Only what was seen is said: whose fault it is, others decide.
public enum GuestEnding: Hashable, Sendable {
    /// The guest said farewell and its emulator exited with status 0.
    case farewell
    /// The emulator ended with status 0 and the guest had not said farewell: it powered off, reset or panicked.
    case endedEarly
    /// The guest never said hello and its console had stopped growing, or the time for getting ready was over.
    case hung(seconds: Double)
    /// The guest was ready and its time was over.
    case deadline
    /// The emulator ended with an error or by a signal that the harness did not send.
    case emulatorExited(status: String, stderr: String)
    /// The console grew past its limit.
    case consoleFlood(bytes: Int)
    case protocolViolation(ProtocolViolation)
    /// The body ended first, and the guest was ended with it.
    case released
}
