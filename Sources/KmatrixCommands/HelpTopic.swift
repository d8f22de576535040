import MatrixReport

/// A topic of `kmatrix help`: an article of the documentation, printed as plain text.
struct HelpTopic {
    let name: String
    let article: [UInt8]

    /// In the order in which `kmatrix help` lists them.
    static let all = [
        HelpTopic(name: "selectors", article: PackageResources.Selectors_md),
        HelpTopic(name: "distributions", article: PackageResources.Distributions_md),
        HelpTopic(name: "architectures", article: PackageResources.Architectures_md),
        HelpTopic(name: "agents", article: PackageResources.Agents_md),
        HelpTopic(name: "scenarios", article: PackageResources.Scenarios_md),
        HelpTopic(name: "deployments", article: PackageResources.Deployments_md),
        HelpTopic(name: "profiles", article: PackageResources.Profiles_md),
        HelpTopic(name: "matrices", article: PackageResources.Matrices_md),
        HelpTopic(name: "expectations", article: PackageResources.Expectations_md),
        HelpTopic(name: "verdicts", article: PackageResources.Verdicts_md),
        HelpTopic(name: "proofs", article: PackageResources.Proofs_md),
        HelpTopic(name: "exit-codes", article: PackageResources.ExitCodes_md),
        HelpTopic(name: "snapshots", article: PackageResources.Snapshots_md),
        HelpTopic(name: "scheduling", article: PackageResources.Scheduling_md),
        HelpTopic(name: "sharding", article: PackageResources.Sharding_md),
        HelpTopic(name: "resuming", article: PackageResources.Resuming_md),
        HelpTopic(name: "settings", article: PackageResources.Settings_md),
    ]

    init(name: String, article: [UInt8]) {
        self.name = name
        self.article = article
    }

    /// Nil when there is no such topic.
    init?(named name: String) {
        guard let topic = Self.all.first(where: { $0.name == name }) else { return nil }
        self = topic
    }

    /// The article's first sentence.
    var summary: String { document.summary }

    /// The article for a terminal of 80 columns.
    var text: String { document.text(width: 80) }

    private var document: PlainMarkdown { PlainMarkdown(String(decoding: article, as: UTF8.self), link: Self.reference) }

    /// How a link to an article reads in a terminal.
    private static func reference(to article: String) -> String {
        let name = article.replacing(/([a-z])([A-Z])/) { "\($0.1)-\($0.2)" }.lowercased()
        return HelpTopic.all.contains { $0.name == name } ? "'kmatrix help \(name)'" : "the article \(article)"
    }
}
