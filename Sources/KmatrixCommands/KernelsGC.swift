import ArgumentParser
import ArtefactCache
import MatrixReport

/// `kmatrix kernels gc`: gives disk space back.
struct KernelsGC: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove what the cache holds and nobody used lately.",
        discussion: "What a running kmatrix is filling at the moment is left alone.")

    @Option(help: ArgumentHelp("Remove entries unused for this many days; 0 removes all.", valueName: "days"))
    var unusedFor: Int = 30

    @Option(help: "How to print what was removed: table, json, or jsonl.")
    var format: OutputFormat = .table

    func validate() throws {
        if unusedFor < 0 { throw ValidationError("--unused-for takes a number of days, 0 or more") }
    }

    func run() async throws {
        let cache = ArtefactCache.standard()
        let removed = try await cache.collectGarbage(unusedFor: unusedFor == 0 ? .seconds(-1) : .seconds(unusedFor * 86_400))
        switch format {
        case .json: try StandardOutput.writeJSON(["removed": removed])
        case .jsonl: for entry in removed { try StandardOutput.writeJSON(entry, isCompact: true) }
        case .table:
            if !removed.isEmpty { StandardOutput.write(TextColumns.render(removed.map { [$0.kind, $0.key, "\($0.bytes) bytes"] }) + "\n") }
            StandardOutput.write("\(removed.count) entries removed, \(removed.map(\.bytes).reduce(0, +)) bytes freed\n")
        }
    }
}
