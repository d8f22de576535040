import MatrixPlanning

/// Tracks which artefacts are prepared, in progress and next, and which cells have all of theirs.
///
/// The artefacts of the first cells come first. The caller makes the artefacts that `begin` returns.
struct Preparation: Sendable {
    private(set) var prepared: PreparedArtefacts
    private var waiting: [Artefact] = []
    private var underway: [Artefact.Lane: Int] = [:]
    /// The cells that lack an artefact, with their indices.
    private var lacking: [(place: Int, cell: PlannedCell)]
    /// Whether an artefact was added since the last search of `lacking`, which may have thousands of cells.
    private var hasNews = true

    /// - Parameter prepared: Artefacts that exist already.
    init(of cells: [PlannedCell], _ prepared: PreparedArtefacts = PreparedArtefacts()) {
        self.prepared = prepared
        lacking = cells.enumerated().map { ($0, $1) }
        var seen: Set<Artefact> = []
        for artefact in cells.flatMap(Artefact.all) where !prepared.has(artefact) && seen.insert(artefact).inserted { waiting.append(artefact) }
    }

    /// The artefacts to make now: their ingredients are ready, and their lane has room.
    mutating func begin() -> [Artefact] {
        var begun: [Artefact] = []
        for artefact in waiting where underway[artefact.lane, default: 0] < artefact.lane.width && artefact.ingredients.allSatisfy(prepared.has) {
            underway[artefact.lane, default: 0] += 1
            begun.append(artefact)
        }
        waiting.removeAll(where: begun.contains)
        return begun
    }

    /// Records an artefact from `begin` as made.
    mutating func end(_ artefact: Artefact, _ made: PreparedArtefacts) {
        underway[artefact.lane, default: 0] -= 1
        prepared.add(made)
        hasNews = true
    }

    /// The cells whose artefacts became ready since the last call, or why one is not available; with the cells' indices.
    mutating func takeReady() -> [(place: Int, artefacts: Result<PreparedCell, PreparationFailure>)] {
        guard hasNews else { return [] }
        hasNews = false
        let found = lacking.compactMap { place, cell in prepared.artefacts(for: cell).map { (place: place, artefacts: $0) } }
        let places = Set(found.map(\.place))
        lacking.removeAll { places.contains($0.place) }
        return found
    }
}
