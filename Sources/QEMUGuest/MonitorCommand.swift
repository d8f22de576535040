import Foundation

/// What the harness asks of QEMU's monitor: making a snapshot and bringing one back, and nothing else.
enum MonitorCommand: Hashable {
    case negotiate
    /// Capabilities of the migration, all switched on.
    case enable([String])
    /// Sends the state of the devices to the listener on a Unix socket in the emulator's folder.
    case save(socket: String)
    /// Listens on a Unix socket in the emulator's folder for such a state.
    case load(socket: String)
    case askForMigration
    case quit

    /// Leaves the guest's memory out, because it is in a file that is shared.
    static let ignoreShared = "x-ignore-shared"
    /// Makes the emulator report the migration's state, so that it need not be polled.
    static let events = "events"

    /// As QEMU calls it.
    var name: String { content.name }

    var line: [UInt8] {
        var message: [String: Any] = ["execute": name]
        message["arguments"] = content.arguments
        // Texts and truth values only, which are always valid JSON.
        let encoded = (try? JSONSerialization.data(withJSONObject: message, options: [.sortedKeys, .withoutEscapingSlashes])) ?? Data()
        return Array(encoded) + [UInt8(ascii: "\n")]
    }

    private var content: (name: String, arguments: [String: Any]?) {
        switch self {
        case .negotiate: ("qmp_capabilities", nil)
        case .enable(let names): ("migrate-set-capabilities", ["capabilities": names.map { ["capability": $0, "state": true] as [String: Any] }])
        case .save(let socket): ("migrate", ["uri": "unix:\(socket)"])
        case .load(let socket): ("migrate-incoming", ["uri": "unix:\(socket)"])
        case .askForMigration: ("query-migrate", nil)
        case .quit: ("quit", nil)
        }
    }
}
