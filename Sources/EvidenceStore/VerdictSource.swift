/// Finds what an earlier run concluded of a cell that was made of the very same.
public protocol VerdictSource: Sendable {
    /// - Parameter inputs: The digest of what the cell is made of.
    /// - Returns: Nil when no run measured it to a verdict at the first attempt, or its evidence is gone.
    func verdict(on id: String, inputs: String) -> EarlierVerdict?
}

/// A verdict of an earlier run, with its evidence.
public struct EarlierVerdict: Sendable {
    public let record: CellRecord
    public let evidence: CellFolder
    public let run: MeasuringRun

    public init(record: CellRecord, evidence: CellFolder, run: MeasuringRun) {
        self.record = record
        self.evidence = evidence
        self.run = run
    }
}
