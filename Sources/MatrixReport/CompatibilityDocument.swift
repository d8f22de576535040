import EvidenceStore
import MatrixModel

/// The support table of distributions as Markdown: `COMPATIBILITY.md`.
struct CompatibilityDocument {
    private let run: RunRecord
    private let agents: AgentNames
    private let support: [DistributionSupport]
    private let command: String
    private let tier: String?

    /// - Parameter earlier: Runs from before, which say since which kernel build an outcome holds and when it was last proven.
    init(_ latest: RunDocument, earlier: [RunDocument] = []) {
        run = latest.run
        agents = AgentNames(latest)
        support = DistributionSupport.all([latest] + earlier)
        command = Self.command(latest)
        tier = TierNote.text(latest.cells)
    }

    func render() -> String {
        let facts = [
            agents.list, "Run \(run.id)", "started \(run.started)", run.finished == nil ? "not finished" : nil, run.accelerator.map { "accelerator \($0)" },
            "kmatrix \(run.harness)", tier,
        ].compactMap(\.self).joined(separator: ", ")
        let parts = [
            "# \(MarkdownReport.text(agents.heading))", "\(MarkdownReport.text(facts)).", "    \(command)",
            support.isEmpty ? "No distribution was measured." : table, support.isEmpty ? nil : Self.legend, sources,
        ]
        return parts.compactMap(\.self).joined(separator: "\n\n") + "\n"
    }

    /// The table alone.
    var table: String {
        MarkdownReport.table(
            ["distribution", "as shipped", "other layouts", "documented", "agrees", "since kernel", "last proven"], support.map(Self.row))
    }

    private static func row(_ line: DistributionSupport) -> [String] {
        [
            MarkdownReport.text(line.title) + (line.agent.map { " (\(MarkdownReport.text($0)))" } ?? ""),
            line.shipped.map { "\(words($0)); \(MarkdownReport.text($0.kernel)), \($0.layout.rawValue)" } ?? "\(Verdict.notRun.symbol) not measured",
            line.others.isEmpty ? "–" : line.others.map { "\($0.layout.rawValue): \(words($0))" }.joined(separator: "<br>"),
            documented(line.claims), words(line.agreement), line.since.map(words) ?? "–", line.lastProven.map(MarkdownReport.text) ?? "never",
        ]
    }

    private static func words(_ outcome: DistributionSupport.Outcome) -> String {
        "\(outcome.mark.symbol) \(outcome.words)" + (outcome.cause.map { " (`\($0.rawValue)`)" } ?? "")
    }

    private static func documented(_ claims: [DocumentedClaim]) -> String {
        let groups = DocumentedClaim.Support.allCases.compactMap { support in
            let sources = claims.filter { $0.says == support }.map { "\(MarkdownReport.text($0.source)) \($0.date)" }
            return sources.isEmpty ? nil : "\(support.rawValue): \(sources.joined(separator: ", "))"
        }
        return groups.isEmpty ? "–" : groups.joined(separator: "<br>")
    }

    private static func words(_ agreement: DistributionSupport.Agreement) -> String {
        switch agreement {
        case .agrees: return "yes"
        case .contradicts: return "no"
        case .undocumented: return "undocumented"
        case .unknown: return "unknown"
        case .differs(let right, let wrong):
            func list(_ names: [String]) -> String { names.map(MarkdownReport.text).joined(separator: ", ") }
            return "with \(list(right)); not with \(list(wrong))"
        }
    }

    private static func words(_ onset: DistributionSupport.Onset) -> String {
        MarkdownReport.text(onset.kernel) + (onset.isOldestMeasured ? " or earlier" : "")
    }

    private static let legend = """
        “As shipped” is the distribution's own kernel in the cgroup layout that it boots with. “Supported” means that the agent was proven to work \
        as shipped; a failure in another layout does not change that. “Since kernel” is the oldest measured build from which on the outcome is the same.
        """

    /// What the short names of sources stand for.
    private var sources: String? {
        var seen: Set<String> = []
        let claims = support.flatMap(\.claims).filter { seen.insert($0.source).inserted }.sorted { $0.source < $1.source }
        guard !claims.isEmpty else { return nil }
        return "Sources:\n\n"
            + claims.map { claim in
                let address = claim.address.flatMap(Self.link).map { ", \($0)" } ?? ""
                return "- \(MarkdownReport.text(claim.source)): \(MarkdownReport.text(claim.title)), \(claim.date)\(address)"
            }.joined(separator: "\n")
    }

    /// Only an address that can hold no markup becomes a link.
    private static func link(_ address: String) -> String? {
        let isPlain = address.hasPrefix("https://") && address.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/.:#-_".contains($0)) }
        return isPlain ? "<\(address)>" : nil
    }

    /// The command that measures the same cells on today's kernels.
    private static func command(_ document: RunDocument) -> String {
        let cells = document.cells.filter { $0.guest != "micro" && $0.isRepresentative }
        func options(_ name: String, _ values: some Sequence<String>) -> [String] {
            var seen: Set<String> = []
            return values.filter { seen.insert($0).inserted }.map { "--\(name) \(ReproduceCommand.quoted($0))" }
        }
        let layouts = Set(cells.map(\.cgroup)).sorted().map(\.rawValue)
        let architectures = Set(cells.map(\.architecture)).sorted()
        let named = architectures == [.unnamed] ? [] : architectures.map(\.rawValue)
        return
            (["kmatrix run"] + options("arch", named) + options("distro", cells.map(\.guest)) + options("cgroup", layouts)
            + options("agent", cells.compactMap(\.agent))).joined(separator: " ")
    }
}
