import CGuestSystem
import GuestProtocol

/// Puts right what a copy of a snapshot shares with all others: the time, and what random numbers come next.
///
/// The host's call says that this is a copy. Nothing that draws random numbers runs before: the runner is the only process.
enum Awakening {
    static func carryOut(_ call: WakeCall) -> WakeReport {
        let before = gs_time()
        let clock = gs_set_time(call.time)
        let seed = gs_credit_entropy(call.seed, Int32(clamping: call.seed.count))
        let reseed = gs_reseed()
        return WakeReport(nonce: call.nonce, timeBefore: before, timeAfter: gs_time(), clockError: -clock, seedError: -seed, reseedError: -reseed)
    }
}
