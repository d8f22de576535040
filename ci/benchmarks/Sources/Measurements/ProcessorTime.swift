import Glibc

/// Seconds of processor time, of user and system (getrusage(2)).
public enum ProcessorTime {
    /// Of this process.
    public static var own: Double { seconds(RUSAGE_SELF.rawValue) }
    /// Of its children that have ended.
    public static var children: Double { seconds(RUSAGE_CHILDREN.rawValue) }

    private static func seconds(_ who: Int32) -> Double {
        var usage = rusage()
        getrusage(who, &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1_000_000 }
    }
}
