/// Times of the floor that lie between what is measured: before the first, after the last, and after each in between. Each is compared with
/// the mean of its two neighbours, so that a machine that becomes slower does not look like a cell that did.
public struct Floor: Sendable {
    public private(set) var seconds: [Double]

    /// - Parameter first: The time before anything is measured.
    public init(first: Double) { seconds = [first] }

    public mutating func add(_ time: Double) { seconds.append(time) }

    /// - Parameters:
    ///   - times: What was measured: of each group of `each`, the one with number `offset`.
    public func ratios(_ times: [Double], each: Int, from offset: Int) -> [Double] {
        times.enumerated().compactMap { number, time in
            let place = number * each + offset
            return place + 1 < seconds.count ? time / ((seconds[place] + seconds[place + 1]) / 2) : nil
        }
    }
}
