import EvidenceStore
import MatrixModel

/// What is published about a distribution: whether one agent works on it as shipped, and how that compares with what is documented.
struct DistributionSupport: Hashable {
    /// One cgroup layout on the distribution's own kernel.
    struct Outcome: Hashable {
        let layout: CgroupLayout
        /// The kernel's version.
        let kernel: String
        let level: SupportStatement.Level
        let mark: Verdict
        /// Why it fails; nil where it works or nothing is proven.
        let cause: Cause?
        /// Every failure is a known defect of the agent.
        let failsOnlyAsKnown: Bool

        /// `not offered` for a layout that does not exist, else the level; with a remark where only known defects fail.
        var words: String { (level == .absent ? "not offered" : level.rawValue) + (failsOnlyAsKnown ? " (known defects only)" : "") }
    }

    enum Agreement: Hashable {
        /// Every source that says something about today is right.
        case agrees
        case contradicts
        /// Sources contradict each other, so one of them must be wrong.
        case differs(right: [String], wrong: [String])
        /// No source says anything about today.
        case undocumented
        /// Nothing is proven.
        case unknown
    }

    /// The oldest kernel build from which on every measured build had today's outcome.
    struct Onset: Hashable {
        let kernel: String
        /// No older build was measured, so it may have begun earlier.
        let isOldestMeasured: Bool
    }

    let distribution: String
    let architecture: Architecture
    /// Nil where only one agent was tested.
    let agent: String?
    /// In the layout that the distribution boots with; nil where that was not measured, or is not known.
    let shipped: Outcome?
    /// In the other layouts.
    let others: [Outcome]
    let claims: [DocumentedClaim]
    let agreement: Agreement
    let since: Onset?
    /// The day of the newest run that proved something about the distribution as shipped.
    let lastProven: String?

    /// With its architecture, where that is not the one that goes without saying.
    var title: String { distribution + architecture.suffix }

    /// Whether the agent works as shipped; nil where nothing is proven.
    var works: Bool? { Self.works(shipped?.level) }

    /// Statements about every distribution of some runs, in the order of their names.
    static func all(_ runs: [RunDocument]) -> [DistributionSupport] {
        let newestFirst = runs.sorted { ($1.run.started, $1.run.id) < ($0.run.started, $0.run.id) }
        var groups: [Key: [Sighting]] = [:]
        for document in newestFirst {
            let cells = document.cells.filter { $0.guest != "micro" && $0.isRepresentative }
            for (key, cells) in Dictionary(grouping: cells, by: Key.init) {
                groups[key, default: []].append(Sighting(run: document.run, cells: cells))
            }
        }
        let hasSeveralAgents = Set(groups.keys.map(\.agent)).count > 1
        return groups.sorted { $0.key < $1.key }.map { key, sightings in
            DistributionSupport(key.distribution, key.architecture, agent: hasSeveralAgents ? key.agent : nil, sightings)
        }
    }

    private struct Key: Hashable, Comparable {
        let distribution: String
        let architecture: Architecture
        let agent: String

        init(_ cell: CellRecord) {
            distribution = cell.documentation.distribution ?? cell.guest
            architecture = cell.architecture
            agent = cell.agent ?? AgentNames.own
        }

        static func < (left: Key, right: Key) -> Bool {
            let order = PackageVersionOrder.compare(left.distribution, right.distribution)
            return order == 0 ? (left.architecture, left.agent) < (right.architecture, right.agent) : order < 0
        }
    }

    /// What one run says about the distribution.
    private struct Sighting {
        let run: RunRecord
        let cells: [CellRecord]
    }

    /// - Parameter sightings: Newest first.
    private init(_ distribution: String, _ architecture: Architecture, agent: String?, _ sightings: [Sighting]) {
        let newest = sightings.first?.cells ?? []
        let version = newest.filter(\.documentation.hasOwnKernel).compactMap(\.version).max()
        // Without a kernel of its own there are only the cells that say so.
        let own = newest.filter { version == nil ? $0.kernel == nil : $0.documentation.hasOwnKernel && $0.version == version }
        let outcomes = Dictionary(grouping: own, by: \.cgroup).map { Outcome($0.key, $0.value) }.sorted { $0.layout < $1.layout }
        let standard = newest.lazy.compactMap(\.documentation.defaultLayout).first
        self.distribution = distribution
        self.architecture = architecture
        self.agent = agent
        shipped = outcomes.first { $0.layout == standard }
        others = outcomes.filter { $0.layout != standard }
        claims = (own.first ?? newest.first)?.documentation.claims ?? []
        agreement = Self.agreement(Self.works(shipped?.level), claims)
        since = version.flatMap { Self.onset(of: Self.works(outcomes.first { $0.layout == standard }?.level), at: $0, sightings) }
        lastProven = Self.lastProven(sightings)
    }

    private static func works(_ level: SupportStatement.Level?) -> Bool? {
        switch level {
        case .supported: true
        case .partly, .unsupported: false
        case .unknown, .absent, nil: nil
        }
    }

    private static func agreement(_ works: Bool?, _ claims: [DocumentedClaim]) -> Agreement {
        let stated = claims.filter { $0.says.promisesSupport != nil }
        guard !stated.isEmpty else { return .undocumented }
        guard let works else { return .unknown }
        let right = stated.filter { $0.says.promisesSupport == works }.map(\.source)
        let wrong = stated.filter { $0.says.promisesSupport != works }.map(\.source)
        if wrong.isEmpty { return .agrees }
        return right.isEmpty ? .contradicts : .differs(right: right, wrong: wrong)
    }

    /// Of a build that several runs measured, the newest proof counts.
    private static func onset(of works: Bool?, at newest: KernelVersion, _ sightings: [Sighting]) -> Onset? {
        guard let works else { return nil }
        var proven: [KernelVersion: Bool] = [:]
        for sighting in sightings {
            for (version, cells) in Dictionary(grouping: sighting.cells.filter(\.isAsShipped), by: \.version) {
                guard let version, version <= newest, proven[version] == nil, let works = Self.works(SupportStatement(cells).level) else { continue }
                proven[version] = works
            }
        }
        let builds = proven.sorted { $1.key < $0.key }
        let same = builds.prefix { $0.value == works }
        return same.last.map { Onset(kernel: $0.key.description, isOldestMeasured: same.count == builds.count) }
    }

    private static func lastProven(_ sightings: [Sighting]) -> String? {
        sightings.lazy.compactMap { sighting in
            sighting.cells.filter { $0.isAsShipped && [.compatible, .degraded, .incompatible].contains($0.verdict) }
                .map { String(($0.reused?.started ?? sighting.run.started).prefix(10)) }.max()
        }.first
    }
}

extension DistributionSupport.Outcome {
    fileprivate init(_ layout: CgroupLayout, _ cells: [CellRecord]) {
        let statement = SupportStatement(cells)
        let failing = cells.filter { $0.verdict == .degraded || $0.verdict == .incompatible }
        self.init(
            layout: layout, kernel: cells.first?.kernel ?? "unknown", level: statement.level, mark: statement.mark, cause: statement.causes.first,
            failsOnlyAsKnown: !failing.isEmpty && failing.allSatisfy(\.proofs.failsOnlyAsKnown))
    }
}

extension CellRecord {
    /// Whether the distribution runs as it is shipped: its own kernel, in the layout that it boots with.
    var isAsShipped: Bool {
        guest != "micro" && documentation.hasOwnKernel && documentation.defaultLayout == cgroup && isRepresentative
    }

    /// Whether the record says which distribution its guest is, so that its support can be stated.
    var isOfDocumentedDistribution: Bool { guest != "micro" && documentation.distribution != nil }

    fileprivate var version: KernelVersion? { subject.cell?.kernel.version }
}
