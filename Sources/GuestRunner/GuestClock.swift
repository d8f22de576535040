import CGuestSystem

/// The guest's clocks.
enum GuestClock {
    /// Milliseconds since the kernel started.
    static var uptime: UInt64 { gs_boot_milliseconds() }
}

/// A moment after which waiting is over.
struct Deadline: Sendable {
    private let moment: UInt64

    /// - Parameter milliseconds: From now.
    init(after milliseconds: UInt64) { moment = GuestClock.uptime &+ milliseconds }

    /// Milliseconds left; 0 once it has passed.
    var remaining: Int32 {
        let now = GuestClock.uptime
        return moment > now ? Int32(clamping: moment - now) : 0
    }

    var hasPassed: Bool { remaining == 0 }
}
