internal import Glibc

/// Receives SIGTERM and SIGINT synchronously.
struct StopSignals {
    private var set = sigset_t()

    /// Blocks the signals in this thread and in those that it starts later, so it must come before any other thread.
    init() {
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // When a client disconnects, only that write fails.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for one of the signals until the deadline.
    /// - Returns: The signal's number, or nil.
    func wait(until deadline: MonotonicTime) -> Int32? {
        let left = max(0, deadline - .now)
        var time = timespec(tv_sec: left / 1000, tv_nsec: (left % 1000) * 1_000_000)
        var set = set
        let number = sigtimedwait(&set, nil, &time)
        return number > 0 ? number : nil
    }
}
