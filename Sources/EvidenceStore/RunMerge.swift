public import MatrixModel
import SystemPackage

/// Several runs' folders as one: the parts of a divided run, or what was run again.
///
/// The same runs in any order give the same bytes. Of several records of a cell `not-run` counts least; others that differ are a
/// conflict, of which nothing is proven.
public struct RunMerge: Sendable {
    /// A cell of which two runs concluded different things.
    public struct Conflict: Hashable, Sendable {
        public struct Side: Hashable, Sendable {
            public let run: String
            public let verdict: Verdict
            public let cause: Cause?
        }

        public let id: String
        /// Two at least, in the order of the runs.
        public let sides: [Side]

        /// `compatible in run a, incompatible verifier-rejected in run b`.
        public var inWords: String {
            sides.map { side in ([side.verdict.rawValue, side.cause?.rawValue].compactMap(\.self) + ["in run", side.run]).joined(separator: " ") }.joined(
                separator: ", ")
        }
    }

    /// The records of a cell, by the run that has them.
    struct Source: Sendable {
        let run: StoredRun
        let record: CellRecord
    }

    public let run: RunRecord
    /// By cell.
    public let conflicts: [Conflict]
    /// The ids of cells that were planned and were not run in any of these runs.
    public let missing: [String]
    /// Further remarks: parts that are there twice, parts of another plan, runs that were cut short.
    public let remarks: [String]
    /// What becomes of each cell, by meaning; the first source's evidence is the cell's, all of them where they disagree.
    let cells: [(record: CellRecord, sources: [Source])]

    /// - Parameter stored: At least one.
    public init(_ stored: [StoredRun]) throws(RunMergeError) {
        let runs = stored.sorted { Self.order($0).lexicographicallyPrecedes(Self.order($1)) }
        guard let first = runs.first else { throw RunMergeError(.nothing) }
        try Self.checkParts(runs)
        var found: [String: [Source]] = [:]
        for run in runs {
            for record in run.document.cells + run.elsewhere { found[record.folderName, default: []].append(Source(run: run, record: record)) }
        }
        if let clash = found.values.first(where: { Set($0.map(\.record.id)).count > 1 }) {
            throw RunMergeError(.sameFolder, detail: Set(clash.map(\.record.id)).sorted().joined(separator: ", "))
        }
        var conflicts: [Conflict] = []
        let settled = found.mapValues { Self.settle($0, &conflicts) }
        cells = CellOrder.sorted(settled.values.map(\.record)).compactMap { settled[$0.folderName] }
        self.conflicts = CellIDOrder.sort(conflicts, by: \.id)
        missing = cells.filter { $0.record.verdict == .notRun }.map(\.record.id)
        remarks = Self.remarks(runs)
        run = Self.record(of: runs, first)
    }

    /// By when they started: what is the same run twice stands next to itself.
    private static func order(_ run: StoredRun) -> [String] {
        let record = run.document.run
        return [record.started, record.id, record.finished ?? "", run.folder.path.string]
    }

    // MARK: - Cells

    private static func settle(_ sources: [Source], _ conflicts: inout [Conflict]) -> (record: CellRecord, sources: [Source]) {
        let tried = sources.filter { $0.record.verdict != .notRun }
        guard let chosen = tried.first else {
            // What was begun is more than what was only planned.
            if let begun = sources.first(where: { $0.record.evidence != nil }) { return (begun.record, [begun]) }
            return (sources[0].record.waiting, [])
        }
        guard tried.contains(where: { ($0.record.verdict, $0.record.cause) != (chosen.record.verdict, chosen.record.cause) }) else {
            return (chosen.record, [chosen])
        }
        let conflict = Conflict(
            id: chosen.record.id, sides: tried.map { Conflict.Side(run: $0.run.document.run.id, verdict: $0.record.verdict, cause: $0.record.cause) })
        conflicts.append(conflict)
        let findings = zip(tried, conflict.sides).map {
            Finding(source: "run \($1.run)", quote: "\($1.verdict.rawValue)\($1.cause.map { " " + $0.rawValue } ?? ""): \($0.record.summary)")
        }
        var record = chosen.record.replacingOutcome(with: Judgement(cause: .harness, summary: "Runs disagree: \(conflict.inWords).", findings: findings))
        record.attempts = tried.map(\.record.attempts).reduce(0, +)
        return (record, tried)
    }

    // MARK: - Runs

    /// Parts of runs that were divided in different ways are parts of nothing.
    private static func checkParts(_ runs: [StoredRun]) throws(RunMergeError) {
        let counts = Set(runs.compactMap(\.document.run.shard?.count)).sorted()
        guard counts.count <= 1 else { throw RunMergeError(.differentParts, detail: counts.map(String.init).joined(separator: " and ")) }
    }

    private static func remarks(_ runs: [StoredRun]) -> [String] {
        var remarks: [String] = []
        for run in runs where run.document.run.finished == nil {
            remarks.append(
                "run \(run.document.run.id) in '\(run.folder.path)' is incomplete: \(run.unfinished.count) cells have no verdict; finish it with "
                    + "'kmatrix run --resume'"
            )
        }
        let parts = runs.filter { $0.document.run.shard != nil }
        let byPart = Dictionary(grouping: parts) { $0.document.run.shard?.index ?? 0 }
        for (part, same) in byPart.sorted(by: { $0.key < $1.key }) where same.count > 1 {
            remarks.append("part \(part) was given \(same.count) times: \(same.map { "'\($0.folder.path)'" }.joined(separator: ", "))")
        }
        if let count = parts.first?.document.run.shard?.count {
            let lacking = (1...max(count, 1)).filter { byPart[$0] == nil }
            if !lacking.isEmpty { remarks.append("part \(lacking.map(String.init).joined(separator: ", ")) of \(count) is missing") }
        }
        let plans = parts.map { Set(($0.document.cells + $0.elsewhere).map(\.id)) }
        if Set(plans).count > 1 {
            let all = plans.reduce(into: Set<String>()) { $0.formUnion($1) }
            let shared = plans.dropFirst().reduce(plans[0]) { $0.intersection($1) }
            remarks.append(
                "the parts have different plans: \(all.subtracting(shared).count) cells are not in all of them, such as "
                    + "\(all.subtracting(shared).min() ?? ""); kernels may have been published in between"
            )
        }
        return remarks
    }

    private static func record(of runs: [StoredRun], _ first: StoredRun) -> RunRecord {
        let records = runs.map(\.document.run)
        let ids = Set(records.flatMap { $0.merged ?? [$0.id] }).sorted()
        let stamp = first.document.run.started.filter { $0 != "-" && $0 != ":" }
        var run = RunRecord(
            id: "\(stamp)-merged-\(RunSeal.digest(Array(ids.joined(separator: "\n").utf8)).prefix(8))", started: first.document.run.started,
            harness: Set(records.map(\.harness)).sorted().joined(separator: ", "))
        // It has ended when its last part had; a part that never did has no time of its own.
        run.finished = records.map { $0.finished ?? $0.started }.max()
        let accelerators = Set(records.compactMap(\.accelerator)).sorted()
        run.accelerator = accelerators.isEmpty ? nil : accelerators.joined(separator: ", ")
        let reasons = Set(records.compactMap(\.acceleratorReason)).sorted()
        run.acceleratorReason = reasons.isEmpty ? nil : reasons.joined(separator: "; ")
        run.warnings = Self.distinct(records.flatMap(\.warnings))
        run.notes = Self.distinct(records.flatMap { $0.notes ?? [] })
        run.details = Self.distinct(records.flatMap { $0.details ?? [] })
        run.merged = ids
        return run
    }

    private static func distinct(_ lines: [String]) -> [String] {
        var seen: Set<String> = []
        return lines.filter { seen.insert($0).inserted }
    }
}
