import Glibc
import GuestProtocol

/// What the executable does, by how it was started.
public enum GuestRunnerCommand {
    /// - Parameter arguments: Without the executable's own name.
    public static func run(arguments: [String]) -> Never {
        // The kernel hands unknown words of its command line to init as arguments, so they are not looked at there.
        if getpid() == 1 { InitProcess().run() }
        guard let batch = ClientBatch(arguments: arguments) else {
            RunnerLog.say("guest-runner is the first process (PID 1) of a test guest; there is nothing for it to do here")
            exit(64)
        }
        for (sequence, invocation) in batch.invocations.enumerated() {
            let frame = GuestMessage.client(ClientRequest(invocation: invocation).carryOut()).frame(sequence: UInt32(sequence))
            _ = frame.encoded().withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        }
        exit(0)
    }
}
