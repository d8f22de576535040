import Glibc
import GuestProtocol

/// What `systemctl show` says of a unit (org.freedesktop.systemd1(5)).
struct UnitState: Equatable {
    static let properties = "LoadState,ActiveState,SubState,Result,NRestarts,ExecMainCode,ExecMainStatus"

    private let values: [Substring: Substring]

    init(parsing text: String) {
        values = Dictionary(
            text.split(separator: "\n").compactMap { line in
                line.firstIndex(of: "=").map { (line[..<$0], line[line.index(after: $0)...]) }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// How the unit's process exited; nil while it starts or runs, and where systemd said nothing.
    var ending: ProcessEnding? {
        if values["LoadState"] == "not-found" { return .notStarted(error: ENOENT) }
        let restarts = values["NRestarts"].flatMap { Int($0) } ?? 0
        guard values["ActiveState"] == "failed" || values["SubState"] == "auto-restart" || restarts > 0 else { return nil }
        let status = values["ExecMainStatus"].flatMap { Int32($0) } ?? 0
        // The codes of waitid(2): 1 exited, 2 killed, 3 killed with a core dump.
        return switch values["ExecMainCode"] {
        case "2", "3": .signalled(signal: status)
        // While the next one runs systemd no longer says how the last one ended.
        case "0" where restarts > 0: .startedAgain(times: Int32(clamping: restarts))
        // What systemd itself could not set up for the process (systemd.exec(5), PROCESS EXIT CODES).
        default: .exited(code: status)
        }
    }
}
