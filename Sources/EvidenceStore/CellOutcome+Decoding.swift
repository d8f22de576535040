import MatrixModel

extension CellOutcome: StoredCell {
    /// Reads from a stored `CellRecord` what is needed and nothing else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CellRecord.CodingKeys.self)
        try CellRecord.checkSchema(container)
        let id = try container.decode(String.self, forKey: .id)
        self.init(
            id: id, lineage: Self.lineage(id: id, series: try container.decodeIfPresent(String.self, forKey: .series)),
            verdict: try container.decode(Verdict.self, forKey: .verdict), cause: try container.decodeIfPresent(String.self, forKey: .cause),
            summary: try container.decode(String.self, forKey: .summary), documented: try container.decode(Expectation.self, forKey: .expectation),
            attempts: try container.decode(Int.self, forKey: .attempts))
    }
}
