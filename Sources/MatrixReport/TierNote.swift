import EvidenceStore
import MatrixModel

/// How thoroughly cells were proven, in a clause for readers.
enum TierNote {
    /// `proof tier standard: burst of 200 clients in 2 cells, of 16 in 8`; nil where no record says.
    static func text(_ cells: some Sequence<CellRecord>) -> String? {
        let known = cells.filter { $0.tier != nil }
        let tiers = ProofTier.allCases.filter { tier in known.contains { $0.tier == tier } }.map(\.rawValue)
        guard !tiers.isEmpty else { return nil }
        let bursts = Dictionary(grouping: known.compactMap(\.burst).filter { $0 > 0 }, by: \.self).mapValues(\.count).sorted { $0.key > $1.key }
        let parts = bursts.enumerated().map { index, burst in
            index == 0 ? "burst of \(burst.key) clients in \(burst.value == 1 ? "1 cell" : "\(burst.value) cells")" : "of \(burst.key) in \(burst.value)"
        }
        return "proof tier \(tiers.joined(separator: ", "))" + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
    }
}

extension CellRecord {
    /// `standard, burst of 16 clients`; nil where the record does not say.
    var tierInWords: String? {
        tier.map { tier in tier.rawValue + (burst.map { $0 == 0 ? ", no burst" : ", burst of \($0) clients" } ?? "") }
    }
}
