internal import Glibc

/// Milliseconds of CLOCK_MONOTONIC.
struct MonotonicTime: Comparable {
    let milliseconds: Int

    static var now: MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
    }

    static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.milliseconds < right.milliseconds }
    static func + (time: MonotonicTime, milliseconds: Int) -> MonotonicTime {
        MonotonicTime(milliseconds: time.milliseconds + milliseconds)
    }
    static func - (left: MonotonicTime, right: MonotonicTime) -> Int { left.milliseconds - right.milliseconds }
}
