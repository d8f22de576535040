public import SystemPackage

/// A run's folder is not what a run leaves behind: everything that is wrong with it.
public struct RunReadingError: Error, Sendable, CustomStringConvertible {
    /// The kind of damage.
    public enum Code: Hashable, Sendable {
        /// There is no `run.json`.
        case noRun
        case unreadable, unknownSchema
        /// The file is not the one that the run wrote.
        case altered
        /// The run wrote a file that is not there any more.
        case missing
        /// The file was put there after the run had ended.
        case unsealed
        /// The record speaks of another cell than its place: a copy, which would be a second record of that cell.
        case misplaced
        /// The record says what no run would have written.
        case contradictory
        /// The evidence that a verdict stands on is not there, or not whole.
        case unproven
        /// A file that belongs to no cell and does no harm.
        case foreign
    }

    /// One thing that is wrong.
    public struct Damage: Hashable, Sendable, CustomStringConvertible {
        public let code: Code
        /// Below the run's folder.
        public let file: String
        public let detail: String

        public var description: String {
            switch code {
            case .noRun: "it contains no run.json; use the folder that 'kmatrix run' printed, or its --out"
            case .unreadable: "cannot read \(file) (\(detail)); restore the file, or run the cell again"
            case .unknownSchema: "\(file) has \(detail); use the kmatrix that wrote it, or a later one"
            case .altered: "\(file) was changed after the run (its digest differs from \(RunSeal.fileName)); restore the file, or run the cell again"
            case .missing: "\(file) is missing although the run wrote it; restore the file, or run the cell again"
            case .unsealed: "\(file) was put there after the run had ended (\(RunSeal.fileName) does not know it); take it away"
            case .misplaced: "\(file) speaks of another cell: \(detail); take the copy away"
            case .contradictory: "\(file) is edited or damaged (\(detail)); restore the file, or run the cell again"
            case .unproven: "\(file), the platform's journal, \(detail), so the verdict is unproven; restore the file, or run the cell again"
            case .foreign: "\(file) does not belong to a cell: \(detail)"
            }
        }
    }

    public let path: FilePath
    public let damages: [Damage]

    public func contains(_ code: Code) -> Bool { damages.contains { $0.code == code } }

    public var description: String {
        let shown = damages.prefix(5).map(\.description)
        let rest = damages.count > 5 ? ["and \(damages.count - 5) more"] : []
        return "cannot use the run in '\(path)': " + (shown + rest).joined(separator: "; ")
    }
}
