import CGuestSystem
import Glibc

/// Switching the machine off.
enum MachineEnd {
    /// Sleeps for ever where the machine cannot be switched off: better silent than a panic of our making.
    static func powerOff() -> Never {
        let outcome = gs_power_off()
        RunnerLog.say("\(SystemCallError("power off", code: -outcome))")
        while true { pause() }
    }
}
