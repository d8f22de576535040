import CGuestSystem
import Glibc

/// Waits until one of several descriptors is ready.
enum Readiness {
    struct State {
        fileprivate let bits: UInt32
        func isReady(_ index: Int) -> Bool { bits & (1 << UInt32(index)) != 0 }
        func isHungUp(_ index: Int) -> Bool { bits & (1 << UInt32(16 + index)) != 0 }
    }

    /// - Parameter timeout: In milliseconds; nil waits for ever.
    static func wait(for descriptors: [Int32], timeout: Int32?) throws(SystemCallError) -> State {
        var bits: UInt32 = 0
        let outcome = gs_poll(descriptors, Int32(descriptors.count), timeout ?? -1, &bits)
        if outcome == -EINTR { return State(bits: 0) }
        try SystemCallError.check(outcome, "poll")
        return State(bits: bits)
    }
}
