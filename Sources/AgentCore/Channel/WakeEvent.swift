internal import Glibc

/// Wakes a waiting thread, through a pipe that becomes readable when it is signalled.
final class WakeEvent: Sendable {
    private let reading: Int32
    private let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
        }
        (reading, writing) = (ends[0], ends[1])
    }

    func signal() {
        var byte: UInt8 = 1
        // A full pipe has been signalled already.
        _ = write(writing, &byte, 1)
    }

    /// Waits; returns early when it is signalled, or was since the last wait.
    func wait(milliseconds: Int) {
        var entry = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        _ = poll(&entry, 1, Int32(clamping: milliseconds))
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(reading, &bytes, bytes.count) > 0 {}
    }

    deinit {
        close(reading)
        close(writing)
    }
}
