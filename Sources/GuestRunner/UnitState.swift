import Glibc
import GuestProtocol

/// The properties of a unit in `systemctl show` (org.freedesktop.systemd1(5)).
struct UnitState: Equatable {
    static let properties = "LoadState,ActiveState,SubState,Result,NRestarts,ExecMainCode,ExecMainStatus"

    private let values: [Substring: Substring]

    init(parsing text: String) {
        values = Dictionary(
            text.split(separator: "\n").compactMap { line in
                line.firstIndex(of: "=").map { (line[..<$0], line[line.index(after: $0)...]) }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// How the unit's process ended; nil while it starts or runs, and if systemd does not say.
    var ending: ProcessEnding? {
        if values["LoadState"] == "not-found" { return .notStarted(error: ENOENT) }
        let restarts = values["NRestarts"].flatMap { Int($0) } ?? 0
        guard values["ActiveState"] == "failed" || values["SubState"] == "auto-restart" || restarts > 0 else { return nil }
        let status = values["ExecMainStatus"].flatMap { Int32($0) } ?? 0
        // The codes of waitid(2): 1 exited, 2 killed, 3 killed with a core dump.
        return switch values["ExecMainCode"] {
        case "2", "3": .signalled(signal: status)
        // While the next process runs, systemd does not report how the last one ended.
        case "0" where restarts > 0: .startedAgain(times: Int32(clamping: restarts))
        // systemd failed to set up the process (systemd.exec(5), PROCESS EXIT CODES).
        default: .exited(code: status)
        }
    }
}
