import EvidenceStore

/// Which agents a run tested, as its reports name them.
struct AgentNames {
    /// The name of kmatrix's own agent where the agent is an axis.
    static let own = "own"

    /// Each once, in the order of the cells; nil is kmatrix's own agent where the agent is not an axis.
    let all: [String?]
    private let harness: String

    init(_ document: RunDocument) {
        var seen: Set<String> = []
        all = document.cells.map(\.agent).filter { seen.insert($0 ?? Self.own).inserted }
        harness = document.run.harness
    }

    /// The bundle's name; for kmatrix's own agent, the version of kmatrix that it belongs to.
    func words(_ agent: String?) -> String {
        let name = agent ?? Self.own
        return name == Self.own ? "azure-proxy-agent of kmatrix \(VisibleText.line(harness, limit: 64))" : VisibleText.line(name, limit: 96)
    }

    /// For a page's title.
    var title: String { all.count > 1 ? "\(all.count) agents" : words(all.first ?? nil) }

    /// The heading of the support table.
    var heading: String { "Where \(title) \(all.count > 1 ? "work" : "works")" }

    /// Every agent by name; nil where the title already names the only one.
    var list: String? { all.count > 1 ? all.map(words).joined(separator: ", ") : nil }
}
