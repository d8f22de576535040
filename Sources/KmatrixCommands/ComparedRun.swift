import EvidenceStore
import Foundation
import MatrixReport
import RunHistory
import SystemPackage

/// One side of a comparison.
struct ComparedRun {
    let id: String
    let started: String
    let folder: String?
    let cells: [CellOutcome]

    /// Reads runs that are named by folder, or by what the history calls them.
    static func read(_ names: [String], history: HistoryOptions) throws -> [ComparedRun] {
        let folders = names.map { isFolder($0) ? WorkingFolder.path($0) : nil }
        var stored = StoredRun.allIntact(at: folders.compactMap(\.self))[...]
        // Opened once, and only for what needs it.
        let database = folders.contains(nil) ? try history.open() : nil
        return try zip(names, folders).map { name, folder in
            if let folder, let result = stored.popFirst() { return ComparedRun(try result.get(), folder: folder) }
            guard let database else { throw StoreError(path: WorkingFolder.path(name), errno: .noSuchFileOrDirectory) }
            let run = try database.run(named: name)
            return ComparedRun(id: run.id, started: run.started, folder: run.folder, cells: try database.outcomes(of: run))
        }
    }

    /// An id has no slash; what could be either is a folder when there is one with a run in it.
    private static func isFolder(_ name: String) -> Bool {
        name.contains("/") || FileManager.default.fileExists(atPath: WorkingFolder.path(name).appending("run.json").string)
    }

    private init(id: String, started: String, folder: String?, cells: [CellOutcome]) {
        self.id = id
        self.started = started
        self.folder = folder
        self.cells = cells
    }

    private init(_ stored: StoredRun, folder: FilePath) {
        if stored.document.run.finished == nil {
            StandardError.line("warning: the run in '\(folder)' was cut short: \(stored.unfinished.count) of its cells have no verdict")
        }
        self.init(id: stored.document.run.id, started: stored.document.run.started, folder: folder.string, cells: stored.document.outcomes)
    }
}
