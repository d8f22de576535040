import CGuestSystem
import GuestProtocol

/// Sets what a restored guest shares with all other copies of its snapshot: the clock, and the state of the random number generator.
///
/// The host's message tells the guest that it is a copy. No other process has drawn random numbers before, because the runner is the only one.
enum Awakening {
    static func carryOut(_ call: WakeCall) -> WakeReport {
        let before = gs_time()
        let clock = gs_set_time(call.time)
        let seed = gs_credit_entropy(call.seed, Int32(clamping: call.seed.count))
        let reseed = gs_reseed()
        return WakeReport(nonce: call.nonce, timeBefore: before, timeAfter: gs_time(), clockError: -clock, seedError: -seed, reseedError: -reseed)
    }
}
