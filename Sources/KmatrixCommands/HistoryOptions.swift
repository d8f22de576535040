import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import RunHistory
import SystemPackage

/// Selects the history database.
struct HistoryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("History database (default: below $XDG_STATE_HOME)", valueName: "file"), completion: .file())
    var history: String?

    var path: FilePath { history.map(WorkingFolder.path) ?? RunDatabase.standardPath(environment: ProcessInfo.processInfo.environment) }

    func open() throws -> RunDatabase { try RunDatabase(at: path) }

    /// Opens the history for reading; reading does not create one.
    func openExisting() throws -> RunDatabase? {
        guard FileManager.default.fileExists(atPath: path.string) else {
            StandardError.line("no history at \(path); 'kmatrix run' creates it, 'kmatrix history import' adds run folders")
            return nil
        }
        return try open()
    }

    /// Returns the cell times of earlier runs; the fixed figures without a history. They affect no verdict, so a failure is only a warning.
    func costs() -> CellCosts {
        guard FileManager.default.fileExists(atPath: path.string) else { return .standard }
        do {
            return try open().costs()
        } catch {
            StandardError.line("warning: cannot read earlier cell times from the history: \(error)")
            return .standard
        }
    }

    /// Records a run that has just ended. The run itself matters more, so a failure is only a warning.
    func record(_ document: RunDocument, folder: FilePath) {
        do {
            try open().record(document.run, document.outcomes, folder: folder)
        } catch {
            StandardError.line("warning: cannot record the run in the history: \(error); add it later with 'kmatrix history import \(folder)'")
        }
    }
}

/// Resolves paths of the command line against the working folder.
enum WorkingFolder {
    static func path(_ text: String) -> FilePath {
        FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(text)).lexicallyNormalized()
    }
}

/// The start of a period: a day, or a number of days ago.
struct SinceArgument: ExpressibleByArgument {
    /// RFC 3339 in UTC, or a prefix of it; such times sort as text.
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
