internal import Glibc

/// A time in UTC, in the formats that the agent writes.
public struct WallClock: Hashable, Sendable {
    /// Since 1970-01-01T00:00:00Z.
    public let seconds: Int
    /// 0 to 999.
    public let milliseconds: Int

    public init(seconds: Int, milliseconds: Int = 0) {
        self.seconds = seconds
        self.milliseconds = milliseconds
    }

    public static var now: WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallClock(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    /// Since 1970, now.
    static var nanoseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// `2026-08-03T09:14:27.520`, without a time zone, as readers of `status.json` expect.
    public var timestamp: String {
        let parts = parts
        let date = "\(parts.year)-\(Self.padded(parts.month))-\(Self.padded(parts.day))"
        return "\(date)T\(clock(parts)).\(Self.padded(milliseconds, 3))"
    }

    /// `Mon, 03 Aug 2026 09:14:27 GMT` (RFC 9110, IMF-fixdate).
    public var httpDate: String {
        let parts = parts
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        return "\(days[parts.weekday]), \(Self.padded(parts.day)) \(Self.months[parts.month - 1]) \(parts.year) \(clock(parts)) GMT"
    }

    /// Reads `Mon, 03 Aug 2026 09:14:27 GMT`; nil for anything else.
    public init?(httpDate text: String) {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int32(words[1]), (1...31).contains(day), let year = Int32(words[3]),
            (1970...9999).contains(year), let month = Self.months.firstIndex(of: String(words[2]))
        else { return nil }
        let clock = words[4].split(separator: ":", omittingEmptySubsequences: false).compactMap { Int32($0) }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2]) else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, Int32(month), day)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (clock[0], clock[1], clock[2])
        self.init(seconds: timegm(&parts))
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private struct Parts {
        var year, month, day, hour, minute, second, weekday: Int
    }

    private var parts: Parts {
        var time = time_t(seconds)
        var broken = tm()
        gmtime_r(&time, &broken)
        return Parts(
            year: Int(broken.tm_year) + 1900, month: Int(broken.tm_mon) + 1, day: Int(broken.tm_mday), hour: Int(broken.tm_hour),
            minute: Int(broken.tm_min), second: Int(broken.tm_sec), weekday: Int(broken.tm_wday))
    }

    private func clock(_ parts: Parts) -> String {
        "\(Self.padded(parts.hour)):\(Self.padded(parts.minute)):\(Self.padded(parts.second))"
    }

    private static func padded(_ value: Int, _ width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
