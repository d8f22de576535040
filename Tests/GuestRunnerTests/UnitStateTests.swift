import Glibc
import GuestProtocol
import Testing

@testable import GuestRunner

@Suite("A unit's state")
struct UnitStateTests {
    /// As systemd 252 prints it for `systemctl show --property=…`.
    static func said(_ load: String, _ active: String, _ sub: String, restarts: Int = 0, code: Int = 0, status: Int = 0) -> String {
        "LoadState=\(load)\nActiveState=\(active)\nSubState=\(sub)\nResult=success\nNRestarts=\(restarts)\nExecMainCode=\(code)\nExecMainStatus=\(status)\n"
    }

    @Test(
        "one that starts, runs or was stopped has not ended by itself",
        arguments: [
            said("loaded", "active", "running"), said("loaded", "activating", "start"), said("loaded", "inactive", "dead"), "", "garbage\n=\n",
        ])
    func runs(text: String) {
        #expect(UnitState(parsing: text).ending == nil)
    }

    @Test(
        "one that ended says how",
        arguments: [
            (said("loaded", "failed", "failed", code: 1, status: 3), ProcessEnding.exited(code: 3)),
            (said("loaded", "failed", "failed", code: 2, status: 9), .signalled(signal: 9)),
            (said("loaded", "failed", "failed", code: 3, status: 11), .signalled(signal: 11)),
            (said("loaded", "activating", "auto-restart", code: 1, status: 203), .exited(code: 203)),
            (said("loaded", "active", "running", restarts: 1, code: 2, status: 6), .signalled(signal: 6)),
            (said("loaded", "active", "running", restarts: 2), .startedAgain(times: 2)),
            (said("not-found", "inactive", "dead"), .notStarted(error: ENOENT)),
        ])
    func ended(text: String, ending: ProcessEnding) {
        #expect(UnitState(parsing: text).ending == ending)
    }
}
