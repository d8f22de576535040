/// Some work timed beside another that stands for the machine: round by round, the unit before and after it.
public struct SideBySide: Encodable, Sendable {
    /// Of the work, once.
    public let seconds: Spread
    /// To the unit, round by round.
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
        var before = try Self.time(unit)
        for _ in 0..<rounds {
            let taken = try Self.time { for _ in 0..<repetitions { try work() } } / Double(repetitions)
            let after = try Self.time(unit)
            seconds.append(taken)
            ratios.append(taken / ((before + after) / 2))
            before = after
        }
        self.seconds = Spread(seconds)
        ratio = Spread(ratios)
    }

    private static func time(_ body: () throws -> Void) rethrows -> Double { try ContinuousClock().measure(body) / .seconds(1) }
}
