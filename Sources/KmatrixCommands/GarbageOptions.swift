import ArgumentParser
import ArtefactCache
import EvidenceStore
import MatrixReport
import QEMUGuest
import SystemPackage

/// Selects the age of removed entries, and how they are printed.
struct GarbageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Remove entries unused for N days; 0 removes all", valueName: "days"))
    var unusedFor: Int = 30

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func validate() throws {
        if unusedFor < 0 { throw ValidationError("--unused-for must be 0 days or more") }
    }

    /// - Parameters:
    ///   - kinds: The kinds of artefact; nil for all.
    ///   - runs: The folder of runs whose stale files are removed; nil to leave them.
    func collect(kinds: Set<String>? = nil, runs: FilePath? = nil) async throws {
        var removed = try await ArtefactCache.standard().collectGarbage(unusedFor: unusedFor == 0 ? .seconds(-1) : .seconds(unusedFor * 86_400), kinds: kinds)
        for run in runs.map(StaleFiles.folders) ?? [] {
            let bytes = try StaleFiles.remove(from: run)
            if let bytes { removed.append(RemovedEntry(kind: "run", key: run.path.lastComponent?.string ?? "", bytes: bytes)) }
        }
        if runs != nil { removed += SocketFolder.sweep().map { RemovedEntry(kind: "sockets", key: $0, bytes: 0) } }
        switch format {
        case .json: try StandardOutput.writeJSON(["removed": removed])
        case .jsonl: for entry in removed { try StandardOutput.writeJSON(entry, isCompact: true) }
        case .table:
            if !removed.isEmpty { StandardOutput.write(TextColumns.render(removed.map { [$0.kind, $0.key, "\($0.bytes) bytes"] }) + "\n") }
            StandardOutput.write("\(removed.count) entries removed, \(removed.map(\.bytes).reduce(0, +)) bytes freed\n")
        }
    }
}
