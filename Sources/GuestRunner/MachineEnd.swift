import CGuestSystem
import Glibc

/// Switching the machine off.
enum MachineEnd {
    /// Sleeps for ever if the machine cannot be switched off: an exit of PID 1 would be a kernel panic that the harness caused.
    static func powerOff() -> Never {
        let outcome = gs_power_off()
        RunnerLog.say("\(SystemCallError("power off", code: -outcome))")
        while true { pause() }
    }
}
