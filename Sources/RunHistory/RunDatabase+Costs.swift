import GRDB
public import MatrixModel

extension RunDatabase {
    /// How many of a cell's newest runs count: what it took a year ago was another machine's or another agent's.
    private static let counted = 10

    /// What cells took in the newest runs that measured them at the first attempt, to the tenth of a second: the median by lineage, and
    /// that of each guest's cells for those that were never run.
    public func costs() throws -> CellCosts {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT cell.lineage, outcome.seconds
                    FROM outcome JOIN cell ON cell.number = outcome.cell JOIN run ON run.number = outcome.run
                    JOIN conclusion ON conclusion.number = outcome.conclusion
                    WHERE outcome.seconds IS NOT NULL AND outcome.attempts = 1
                    AND conclusion.verdict IN ('compatible', 'degraded', 'incompatible')
                    ORDER BY run.started DESC, run.id DESC
                    """)
            var taken: [String: [Double]] = [:]
            while let row = try rows.next() {
                let lineage: String = row[0]
                if taken[lineage, default: []].count < Self.counted { taken[lineage, default: []].append(row[1]) }
            }
            let cells = taken.mapValues(Self.median)
            let guests = Dictionary(grouping: cells) { String($0.key.prefix { $0 != "/" }) }.mapValues { Self.median($0.map(\.value)) }
            return CellCosts(cells: cells, guests: guests)
        }
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[sorted.count / 2] * 10).rounded() / 10
    }
}
