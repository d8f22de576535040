import MatrixModel

/// How long a run still takes, by what cells took before and what those of this run take. A range, for nobody knows in which order cells
/// end; nil as long as nothing was measured of the kind of what is left.
struct RemainingTime {
    private struct Measured {
        var count = 0
        var seconds = 0.0
        /// Of those of which something was known before: what it was, and what they took.
        var known = 0.0
        var knownTook = 0.0
    }

    private let costs: CellCosts
    private var jobs = 1
    /// Those that have not ended, by their ids.
    private var left: [String: Cell] = [:]
    /// When those began that run, in seconds.
    private var begun: [String: Double] = [:]
    private var measured: [CellKind: Measured] = [:]

    /// - Parameter costs: What cells took before.
    init(costs: CellCosts) { self.costs = costs }

    mutating func start(_ cells: [Cell], jobs: Int) {
        self.jobs = max(1, jobs)
        left = Dictionary(cells.map { ($0.id.text, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A cell that is tried again begins anew.
    mutating func begin(_ id: String, at now: Double) { begun[id] = now }

    /// - Parameter seconds: What it took; nil for a cell that was not measured here.
    mutating func end(_ id: String, seconds: Double?) {
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

    /// In seconds, never below zero: from the best order in which what is left can end to the worst, the machine as quick as before or as now.
    func range(at now: Double) -> ClosedRange<Double>? {
        guard !left.isEmpty else { return nil }
        var low: [Double] = []
        var high: [Double] = []
        for (id, cell) in left {
            guard let expected = expected(cell) else { return nil }
            let elapsed = begun[id].map { max(0, now - $0) } ?? 0
            low.append(max(0, expected.lowerBound - elapsed))
            high.append(max(0, expected.upperBound - elapsed))
        }
        // Nobody ends before the longest does; and taken as they come, they end with at most that much of the others' time to spare
        // (Graham 1969).
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

    /// As people say it; nil when nothing can be said.
    func text(at now: Double) -> String? {
        guard let range = range(at: now) else { return nil }
        let bounds = [range.lowerBound, range.upperBound].map { Int(min($0, 1e7).rounded(.up)) }
        if bounds[1] <= 60 { return "less than a minute left" }
        // To the minute; from two hours on, to five minutes.
        let step = bounds[1] > 7200 ? 5 : 1
        let minutes = bounds.map { max(1, ($0 + 60 * step - 1) / (60 * step)) * step }
        return minutes[0] == minutes[1] ? "about \(Self.words(minutes[0])) left" : "about \(Self.words(minutes[0])) to \(Self.words(minutes[1])) left"
    }

    private static func words(_ minutes: Int) -> String { minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h" + (minutes % 60 == 0 ? "" : " \(minutes % 60) min") }
}
