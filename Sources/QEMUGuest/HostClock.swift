import Glibc

/// The host's time of day.
public enum HostClock {
    /// Since 1970, UTC.
    public static var microseconds: UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    }
}
