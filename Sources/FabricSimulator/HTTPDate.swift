import Glibc

/// Dates as HTTP writes them (RFC 9110 §5.6.7): `Wed, 23 Apr 2025 12:00:00 GMT`.
enum HTTPDate {
    // Not those of strftime, which follow the locale.
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func now() -> String { format(time(nil)) }

    static func format(_ seconds: time_t) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }

    /// Seconds since 1970; nil for text that is not such a date. Called for every request: Foundation's formatter would take longer than the
    /// rest of the platform's work.
    static func seconds(_ text: String) -> time_t? {
        let words = text.split(separator: " ")
        guard text.utf8.count == 29, words.count == 6, let month = months.firstIndex(where: { $0 == words[2] }) else { return nil }
        let numbers = ([words[1], words[3]] + words[4].split(separator: ":")).compactMap { Int32($0) }
        guard numbers.count == 5, numbers.allSatisfy({ (0...9999).contains($0) }) else { return nil }
        var parts = tm()
        (parts.tm_mday, parts.tm_mon, parts.tm_year) = (numbers[0], Int32(month), numbers[1] - 1900)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[2], numbers[3], numbers[4])
        let seconds = timegm(&parts)
        // Days and hours that do not exist are formatted as others.
        return format(seconds) == text ? seconds : nil
    }
}
