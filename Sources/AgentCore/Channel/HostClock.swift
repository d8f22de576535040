internal import Synchronization

/// The platform's time: the guest's own clock is not trusted for what is signed.
///
/// Starts as the guest's clock, until the platform's first answer.
public final class HostClock: Sendable {
    private struct Reading {
        /// The platform's time at an instant of the monotonic clock, in milliseconds since 1970.
        var platform: Int
        var instant: MonotonicTime
    }

    private let reading = Mutex<Reading?>(nil)
    /// The last second that was written, and how.
    private let written = Mutex((seconds: 0, text: ""))

    public init() {}

    /// Takes the platform's time as it is now.
    public func synchronise(_ time: WallClock) {
        reading.withLock { $0 = Reading(platform: time.seconds * 1000 + time.milliseconds, instant: .now) }
    }

    /// Milliseconds since the platform's time was taken; nil while it never was.
    public var age: Int? { reading.withLock { $0.map { MonotonicTime.now - $0.instant } } }

    /// The time as HTTP writes it. Requests come faster than seconds, so it is kept for the rest of its own.
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
