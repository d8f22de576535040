import MatrixPlanning

/// Which of the things that cells need are prepared, under way and next, and which cells have all of theirs.
///
/// What the first cells need comes first. Pure bookkeeping: who begins a thing makes it.
struct Preparation: Sendable {
    private(set) var prepared: PreparedArtefacts
    private var waiting: [Artefact] = []
    private var underway: [Artefact.Lane: Int] = [:]
    /// The cells that lack something, with their places.
    private var lacking: [(place: Int, cell: PlannedCell)]
    /// Whether something was made since `lacking` was last searched, which may have thousands of cells.
    private var hasNews = true

    /// - Parameter prepared: What is there already.
    init(of cells: [PlannedCell], _ prepared: PreparedArtefacts = PreparedArtefacts()) {
        self.prepared = prepared
        lacking = cells.enumerated().map { ($0, $1) }
        var seen: Set<Artefact> = []
        for artefact in cells.flatMap(Artefact.all) where !prepared.has(artefact) && seen.insert(artefact).inserted { waiting.append(artefact) }
    }

    /// What is to be begun now: what it is made of is there, and not too much of its kind is under way.
    mutating func begin() -> [Artefact] {
        var begun: [Artefact] = []
        for artefact in waiting where underway[artefact.lane, default: 0] < artefact.lane.width && artefact.ingredients.allSatisfy(prepared.has) {
            underway[artefact.lane, default: 0] += 1
            begun.append(artefact)
        }
        waiting.removeAll(where: begun.contains)
        return begun
    }

    /// Takes what was begun and is made now.
    mutating func end(_ artefact: Artefact, _ made: PreparedArtefacts) {
        underway[artefact.lane, default: 0] -= 1
        prepared.add(made)
        hasNews = true
    }

    /// The cells of which all is there that was not before, by their places, or why it cannot be obtained.
    mutating func takeReady() -> [(place: Int, artefacts: Result<PreparedCell, PreparationFailure>)] {
        guard hasNews else { return [] }
        hasNews = false
        let found = lacking.compactMap { place, cell in prepared.artefacts(for: cell).map { (place: place, artefacts: $0) } }
        let places = Set(found.map(\.place))
        lacking.removeAll { places.contains($0.place) }
        return found
    }
}
