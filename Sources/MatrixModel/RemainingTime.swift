/// The ETA of a run, from the times of earlier cells and of this run's. A range, because the order in which cells end is unknown; nil
/// while no cell of a remaining kind has been measured.
public struct RemainingTime: Sendable {
    private struct Measured: Sendable {
        var count = 0
        var seconds = 0.0
        /// For cells with a known earlier time: the sum of those times, and of the times they took now.
        var known = 0.0
        var knownTook = 0.0
    }

    private let costs: CellCosts
    private var jobs = 1
    /// Cells that have not ended, by id.
    private var left: [String: Cell] = [:]
    /// Start times of running cells, in seconds.
    private var begun: [String: Double] = [:]
    private var measured: [CellKind: Measured] = [:]

    /// - Parameter costs: Cell times of earlier runs.
    public init(costs: CellCosts) { self.costs = costs }

    public mutating func start(_ cells: [Cell], jobs: Int) {
        self.jobs = max(1, jobs)
        left = Dictionary(cells.map { ($0.id.text, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Records the start of a cell; a retry starts again.
    public mutating func begin(_ id: String, at now: Double) { begun[id] = now }

    /// - Parameter seconds: The cell's time; nil for a cell that was not measured here.
    public mutating func end(_ id: String, seconds: Double?) {
        begun[id] = nil
        guard let cell = left.removeValue(forKey: id), let seconds else { return }
        var kind = measured[CellKind(cell), default: Measured()]
        kind.count += 1
        kind.seconds += seconds
        if let known = costs.measuredSeconds(of: cell) {
            kind.known += known
            kind.knownTook += seconds
        }
        measured[CellKind(cell)] = kind
    }

    /// The remaining seconds, from the best order of the remaining cells to the worst, at the earlier speed or the current one.
    public func range(at now: Double) -> ClosedRange<Double>? {
        guard !left.isEmpty else { return nil }
        var low: [Double] = []
        var high: [Double] = []
        for (id, cell) in left {
            guard let expected = expected(cell) else { return nil }
            let elapsed = begun[id].map { max(0, now - $0) } ?? 0
            low.append(max(0, expected.lowerBound - elapsed))
            high.append(max(0, expected.upperBound - elapsed))
        }
        // The run cannot end before its longest cell. List scheduling adds at most this much idle time (Graham 1969).
        let workers = Double(jobs)
        let best = max(low.max() ?? 0, low.reduce(0, +) / workers)
        let longest = high.max() ?? 0
        return best...max(best, high.reduce(0, +) / workers + longest * (workers - 1) / workers)
    }

    private func expected(_ cell: Cell) -> ClosedRange<Double>? {
        let here = measured[CellKind(cell)]
        if let known = costs.measuredSeconds(of: cell) {
            guard let here, here.known > 0 else { return known...known }
            let now = known * here.knownTook / here.known
            return min(known, now)...max(known, now)
        }
        guard let here else { return nil }
        let mean = here.seconds / Double(here.count)
        return mean...mean
    }

    /// The ETA in words; nil when it is unknown.
    public func text(at now: Double) -> String? {
        guard let range = range(at: now) else { return nil }
        let bounds = [range.lowerBound, range.upperBound].map { Int(min($0, 1e7).rounded(.up)) }
        if bounds[1] <= 60 { return "ETA under 1 min" }
        // To the minute; from two hours on, to five minutes.
        let step = bounds[1] > 7200 ? 5 : 1
        let minutes = bounds.map { max(1, ($0 + 60 * step - 1) / (60 * step)) * step }
        return minutes[0] == minutes[1] ? "ETA \(Self.words(minutes[0]))" : "ETA \(Self.words(minutes[0])) to \(Self.words(minutes[1]))"
    }

    private static func words(_ minutes: Int) -> String {
        minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h" + (minutes % 60 == 0 ? "" : " \(minutes % 60) min")
    }
}
