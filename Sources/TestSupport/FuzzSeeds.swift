import Foundation

/// The seeds of a property test: a few for every change, many for a night.
///
/// `KMATRIX_FUZZ=50` asks for fifty times as many; each seed is an argument of its own, so a failure names the one to try again.
public func fuzzSeeds(_ count: UInt64) -> Range<UInt64> {
    let factor = ProcessInfo.processInfo.environment["KMATRIX_FUZZ"].flatMap(UInt64.init) ?? 1
    return 0..<count * min(max(factor, 1), 10_000)
}
