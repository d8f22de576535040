import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import RunHistory
import SystemPackage

/// Which database holds the history.
struct HistoryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The history's file (default: $XDG_STATE_HOME/kmatrix/history.sqlite).", valueName: "file"), completion: .file())
    var history: String?

    var path: FilePath { history.map(WorkingFolder.path) ?? RunDatabase.standardPath(environment: ProcessInfo.processInfo.environment) }

    func open() throws -> RunDatabase { try RunDatabase(at: path) }

    /// For what only reads: a history that nobody has begun is not begun by looking.
    func openExisting() throws -> RunDatabase? {
        guard FileManager.default.fileExists(atPath: path.string) else {
            StandardError.line("there is no history yet at \(path); 'kmatrix run' keeps one, and 'kmatrix history import' reads runs' folders")
            return nil
        }
        return try open()
    }

    /// What cells took here before; nothing of them where there is no history. It decides about no outcome: what goes wrong is a warning.
    func costs() -> CellCosts {
        guard FileManager.default.fileExists(atPath: path.string) else { return .standard }
        do {
            return try open().costs()
        } catch {
            StandardError.line("warning: what cells took before is not known: \(error)")
            return .standard
        }
    }

    /// Keeps a run that has just ended. The run is worth more than its place in the history: what goes wrong is a warning.
    func record(_ document: RunDocument, folder: FilePath) {
        do {
            try open().record(document.run, document.outcomes, folder: folder)
        } catch {
            StandardError.line("warning: the run is not in the history: \(error); once that is mended, 'kmatrix history import \(folder)' adds it")
        }
    }
}

/// Where paths on the command line begin.
enum WorkingFolder {
    static func path(_ text: String) -> FilePath {
        FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(text)).lexicallyNormalized()
    }
}

/// A first moment: a day, or so many days ago.
struct SinceArgument: ExpressibleByArgument {
    /// RFC 3339 in UTC, or the beginning of it: times so written sort as text.
    let moment: String

    init?(argument: String) {
        if let day = try? CalendarDay(parsing: argument) {
            moment = day.description
        } else if argument.hasSuffix("d"), let days = Int(argument.dropLast()), (0...36_500).contains(days), !argument.hasPrefix("+") {
            moment = Date().addingTimeInterval(Double(days) * -86_400).formatted(.iso8601)
        } else {
            return nil
        }
    }
}
