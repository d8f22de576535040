import EvidenceStore
import MatrixModel

/// Counts cells by verdict.
struct VerdictCounts: Hashable {
    private var counts: [Verdict: Int] = [:]

    init(_ cells: some Sequence<CellRecord>) {
        for cell in cells { counts[cell.verdict, default: 0] += 1 }
    }

    subscript(_ verdict: Verdict) -> Int { counts[verdict] ?? 0 }

    /// Cells with a proven outcome.
    var measured: Int { self[.compatible] + self[.degraded] + self[.incompatible] }

    /// `3 compatible, 1 incompatible`.
    var inWords: String {
        Verdict.allCases.compactMap { self[$0] == 0 ? nil : "\(self[$0]) \($0.rawValue)" }.joined(separator: ", ")
    }
}

/// The published statement about several cells, such as those of a distribution in one layout.
struct SupportStatement {
    enum Level: String, CaseIterable {
        /// Every planned cell was measured and works.
        case supported
        case partly
        case unsupported
        /// Nothing is proven, or at least one cell is not.
        case unknown
        /// Nothing can be measured: no such kernel or layout exists.
        case absent
    }

    let counts: VerdictCounts
    let level: Level
    /// Why cells fail, the most frequent cause first.
    let causes: [Cause]
    /// Counts cells that contradict the documentation.
    let contradictions: Int

    init(_ cells: [CellRecord]) {
        let counts = VerdictCounts(cells)
        self.counts = counts
        contradictions = cells.count {
            $0.expectation.isContradicted(by: $0.verdict, failsOnlyAsKnown: $0.proofs.failsOnlyAsKnown)
                || ($0.expectation == .unsupported && $0.verdict == .compatible)
        }
        let failures = Dictionary(grouping: cells.filter { $0.verdict == .incompatible || $0.verdict == .degraded }.compactMap(\.cause)) { $0 }
        causes = failures.sorted { ($1.value.count, $0.key.rawValue) < ($0.value.count, $1.key.rawValue) }.map(\.key)
        let open = counts[.inconclusive] + counts[.notRun]
        level =
            switch (counts[.compatible], counts[.degraded] + counts[.incompatible], open) {
            case (1..., 0, 0): .supported
            case (1..., 1..., _): .partly
            // An unproven cell may still fail.
            case (1..., 0, 1...): .unknown
            case (0, 1..., _): counts[.degraded] > 0 ? .partly : .unsupported
            default: counts[.unavailable] > 0 && open == 0 ? .absent : .unknown
            }
    }

    /// The verdict that lends the statement its sign and colour.
    var mark: Verdict {
        switch level {
        case .supported: .compatible
        case .partly: .degraded
        case .unsupported: .incompatible
        case .unknown: counts[.inconclusive] > 0 ? .inconclusive : .notRun
        case .absent: .unavailable
        }
    }

    /// Compatible cells of those measured.
    var fraction: String { counts.measured == 0 ? "–" : "\(counts[.compatible])/\(counts.measured)" }
}

/// Support statements for every guest or every kernel series, by layout.
struct SupportOverview {
    struct Line {
        let name: String
        /// Nil where the run tested one agent only.
        let agent: String?
        let all: SupportStatement
        let byLayout: [CgroupLayout: SupportStatement]

        /// One line: the layouts in which it works, or the cause for which it does not.
        var words: String {
            switch all.level {
            case .partly:
                let works = byLayout.filter { $0.value.level == .supported }.keys.sorted().map(\.rawValue)
                return works.isEmpty ? all.level.rawValue : "\(all.level.rawValue): \(works.joined(separator: ", "))"
            case .unsupported: return all.causes.first.map { "\(all.level.rawValue): \($0.rawValue)" } ?? all.level.rawValue
            case .supported, .unknown, .absent: return all.level.rawValue
            }
        }
    }

    let layouts: [CgroupLayout]
    let lines: [Line]

    private struct Key: Hashable {
        let name: String
        let agent: String
    }

    /// - Parameters:
    ///   - name: The guest or series that a cell counts for.
    ///   - whole: The cells of a line that its whole statement follows from.
    init(
        _ cells: [CellRecord], by name: (CellRecord) -> String, whole: ([CellRecord]) -> [CellRecord] = { $0 }, order: (String, String) -> Bool
    ) {
        let plain = cells.filter(\.isRepresentative)
        layouts = Set(plain.map(\.cgroup)).sorted()
        let hasSeveralAgents = Set(plain.map { $0.agent ?? AgentNames.own }).count > 1
        let groups = Dictionary(grouping: plain) { Key(name: name($0), agent: $0.agent ?? AgentNames.own) }
        lines = groups.sorted { $0.key.name == $1.key.name ? $0.key.agent < $1.key.agent : order($0.key.name, $1.key.name) }.map { key, cells in
            Line(
                name: key.name, agent: hasSeveralAgents ? key.agent : nil, all: SupportStatement(whole(cells)),
                byLayout: Dictionary(grouping: cells, by: \.cgroup).mapValues(SupportStatement.init))
        }
    }

    static func byGuest(_ cells: [CellRecord]) -> SupportOverview {
        // A distribution is supported when it works as shipped. Layouts that it does not boot with do not count.
        SupportOverview(
            cells, by: { $0.guest + $0.architecture.suffix }, whole: { cells in cells.contains(where: \.isAsShipped) ? cells.filter(\.isAsShipped) : cells }
        ) { one, other in
            let isMicro = [one, other].map { $0.prefix { $0 != " " } == "micro" }
            if isMicro[0] != isMicro[1] { return isMicro[0] }
            return PackageVersionOrder.compare(one, other) < 0
        }
    }

    static func bySeries(_ cells: [CellRecord]) -> SupportOverview {
        SupportOverview(cells, by: { ($0.series ?? "unknown") + $0.architecture.suffix }) { one, other in
            func series(_ name: String) -> KernelSeries? { try? KernelSeries(parsing: String(name.prefix { $0 != " " })) }
            return switch (series(one), series(other)) {
            case (let left?, let right?): left == right ? one < other : left < right
            case (_?, nil): true
            default: false
            }
        }
    }
}
