internal import Glibc

/// SIGTERM and SIGINT, taken as values instead of interruptions.
struct StopSignals {
    private var set = sigset_t()

    /// Blocks them in this thread and those it starts from now on: make it before any other thread.
    init() {
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A client that goes away is an error of that write, not the end of the agent.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for one of them until the deadline.
    /// - Returns: The signal's number, or nil.
    func wait(until deadline: MonotonicTime) -> Int32? {
        let left = max(0, deadline - .now)
        var time = timespec(tv_sec: left / 1000, tv_nsec: (left % 1000) * 1_000_000)
        var set = set
        let number = sigtimedwait(&set, nil, &time)
        return number > 0 ? number : nil
    }
}
