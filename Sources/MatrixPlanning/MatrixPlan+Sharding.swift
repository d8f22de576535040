import EvidenceStore
public import MatrixModel

extension MatrixPlan {
    /// One part of the plan. Each cell, available or not, is in exactly one part.
    /// - Parameter costs: The same for all parts.
    public func part(_ shard: Shard, costs: CellCosts) -> MatrixPlan {
        let own = Set(split(into: shard.count, costs: costs).parts[shard.index - 1])
        let others =
            cells.filter { !own.contains($0.cell.id.text) }.map { $0.record(Self.otherPart) } + unavailable.filter { !own.contains($0.id) }.map(\.asNotRun)
        var part = MatrixPlan(
            cells: cells.filter { own.contains($0.cell.id.text) }, unavailable: unavailable.filter { own.contains($0.id) }, warnings: warnings, shard: shard,
            elsewhere: CellOrder.sorted(others))
        (part.notes, part.details) = (notes, details)
        return part
    }

    /// The total time of the plan's guests one after the other, in milliseconds, with the preparation that they need.
    public func milliseconds(_ costs: CellCosts) -> Int { split(into: 1, costs: costs).milliseconds[0] }

    private func split(into count: Int, costs: CellCosts) -> ShardSplit {
        ShardSplit(cells.map { costs.item($0.cell) } + unavailable.map { ShardSplit.Item(id: $0.id, milliseconds: 0) }, count: count)
    }

    fileprivate static let otherPart = Judgement(verdict: .notRun, cause: nil, summary: "Not run here: in another part of the run.")
}

extension CellRecord {
    /// The record of an unavailable cell in the parts that do not contain it: not run, without the reason.
    fileprivate var asNotRun: CellRecord {
        var record = self
        record.verdict = .notRun
        record.cause = nil
        record.fault = nil
        record.summary = MatrixPlan.otherPart.summary
        record.findings = []
        return record
    }
}
