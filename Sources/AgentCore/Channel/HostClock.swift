internal import Synchronization

/// The platform's time, because the guest's clock is not trusted for signatures.
///
/// Uses the guest's clock until the platform's first answer.
public final class HostClock: Sendable {
    private struct Reading {
        /// The platform's time at an instant of the monotonic clock, in milliseconds since 1970.
        var platform: Int
        var instant: MonotonicTime
    }

    private let reading = Mutex<Reading?>(nil)
    /// The last formatted second, and its text.
    private let written = Mutex((seconds: 0, text: ""))

    public init() {}

    /// Sets the platform's time.
    public func synchronise(_ time: WallClock) {
        reading.withLock { $0 = Reading(platform: time.seconds * 1000 + time.milliseconds, instant: .now) }
    }

    /// Milliseconds since the platform's time was set; nil if it never was.
    public var age: Int? { reading.withLock { $0.map { MonotonicTime.now - $0.instant } } }

    /// The time in HTTP's format. Requests come faster than once a second, so the text is cached for its second.
    public var httpDate: String {
        let time = now
        return written.withLock { written in
            if written.seconds != time.seconds { written = (time.seconds, time.httpDate) }
            return written.text
        }
    }

    public var now: WallClock {
        guard let reading = reading.withLock({ $0 }) else { return .now }
        let milliseconds = reading.platform + (MonotonicTime.now - reading.instant)
        return WallClock(seconds: milliseconds / 1000, milliseconds: milliseconds % 1000)
    }
}
