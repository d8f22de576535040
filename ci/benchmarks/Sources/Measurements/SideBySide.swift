/// Some work measured next to another that represents the machine: round by round, the unit before and after it.
public struct SideBySide: Encodable, Sendable {
    /// What the work takes once, by the clock.
    public let seconds: Spread
    /// Of its processor time to the unit's, round by round: by the clock, whatever else the machine does would count for either.
    public let ratio: Spread

    /// - Parameters:
    ///   - repetitions: How often the work is done in each round; for what is over too soon to be timed.
    ///   - unit: What takes as long on the machine whatever becomes of kmatrix.
    /// - Throws: What either throws.
    public init(rounds: Int, repetitions: Int = 1, unit: () throws -> Void, work: () throws -> Void) rethrows {
        var seconds: [Double] = []
        var ratios: [Double] = []
        // The first is the one that finds nothing in any cache.
        try unit()
        var before = try Self.processorTime(unit)
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            let taken = try Self.processorTime { for _ in 0..<repetitions { try work() } } / Double(repetitions)
            seconds.append((ContinuousClock.now - start) / .seconds(repetitions))
            let after = try Self.processorTime(unit)
            ratios.append(taken / ((before + after) / 2))
            before = after
        }
        self.seconds = Spread(seconds)
        ratio = Spread(ratios)
    }

    private static func processorTime(_ body: () throws -> Void) rethrows -> Double {
        let start = ProcessorTime.own
        try body()
        return ProcessorTime.own - start
    }
}
