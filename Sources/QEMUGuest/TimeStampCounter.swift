import CHostSystem
import Glibc
public import MatrixModel

/// How fast this machine's time stamp counter runs, which under TCG is the guest's too.
///
/// A kernel finds that out by counting against an emulated timer. On a machine with much to do that goes wrong: 549 MHz instead of 2596
/// was seen, a clock 4.7 times too fast, and every time limit in the guest as much too short. So the kernel is told
/// (`tsc_early_khz=`, Linux's kernel-parameters.txt; commit bd35c77e32e4).
public enum TimeStampCounter {
    private static let first = reading()
    /// What counting takes, in nanoseconds.
    private static let duration: UInt64 = 50_000_000

    /// Begins to count. Whoever has other things to do meanwhile does not wait for the answer.
    public static func begin() { _ = first }

    /// To a megahertz, so that it is the same in every run and snapshots are found again; nil where there is no such counter.
    public static let kilohertz: Int? = {
        begin()
        let elapsed = rawNanoseconds() &- first.nanoseconds
        if elapsed < duration { usleep(UInt32((duration - elapsed) / 1000)) }
        return first.kilohertz(until: reading())
    }()

    /// What a guest is told of it; nil under KVM, which tells its guests itself, and for a guest that does not have this machine's counter.
    public static func kilohertz(of architecture: Architecture, under accelerator: Accelerator) -> Int? {
        accelerator == .tcg && architecture.sharesTimeStampCounter ? kilohertz : nil
    }

    /// Both clocks at one moment: of some pairs the one that was read quickest.
    struct Reading {
        let counter: UInt64
        let nanoseconds: UInt64

        /// - Parameter pairs: The counter before and after the clock was read.
        init(quickestOf pairs: [(before: UInt64, nanoseconds: UInt64, after: UInt64)]) {
            let quickest = pairs.min { $0.after &- $0.before < $1.after &- $1.before }
            counter = quickest.map { $0.before &+ ($0.after &- $0.before) / 2 } ?? 0
            nanoseconds = quickest?.nanoseconds ?? 0
        }

        func kilohertz(until last: Reading) -> Int? {
            guard last.counter > counter, last.nanoseconds > nanoseconds else { return nil }
            let kilohertz = Double(last.counter - counter) * 1e6 / Double(last.nanoseconds - nanoseconds)
            return Int((kilohertz / 1000).rounded()) * 1000
        }
    }

    private static func reading() -> Reading {
        Reading(quickestOf: (0..<8).map { _ in (hs_counter(), rawNanoseconds(), hs_counter()) })
    }

    private static func rawNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_RAW, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
