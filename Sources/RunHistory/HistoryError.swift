import GRDB
public import SystemPackage

/// The history could not be read or written.
public struct HistoryError: Error, Sendable, CustomStringConvertible {
    /// The kind of trouble.
    public enum Code: Hashable, Sendable {
        /// A later kmatrix has changed the database's tables.
        case newer
        case noDatabase, damaged, busy, noSpace, unwritable, unknownRun, ambiguousRun, other
    }

    public let code: Code
    public let path: FilePath
    public let detail: String

    init(_ code: Code, path: FilePath, detail: String = "") {
        self.code = code
        self.path = path
        self.detail = detail
    }

    init(_ error: DatabaseError, path: FilePath) {
        let code: Code =
            switch error.resultCode {
            case .SQLITE_NOTADB: .noDatabase
            case .SQLITE_CORRUPT: .damaged
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_FULL: .noSpace
            case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM: .unwritable
            default: .other
            }
        self.init(code, path: path, detail: error.message ?? "\(error.resultCode)")
    }

    public var description: String {
        switch code {
        case .newer: "the history '\(path)' was written by a later kmatrix (\(detail)); use that one, or choose another file with --history"
        case .noDatabase: "'\(path)' is not a history (\(detail)); choose another file with --history"
        case .damaged: "the history '\(path)' is damaged (\(detail)); move it away and import the run folders again with 'kmatrix history import'"
        case .busy: "the history '\(path)' is locked by another program (\(detail)); retry when that has ended"
        case .noSpace: "no space left for the history '\(path)' (\(detail)); free space, or choose another file with --history"
        case .unwritable: "cannot write the history '\(path)' (\(detail)); choose another file with --history"
        case .unknownRun: "no run '\(detail)' in the history '\(path)'; 'kmatrix history' lists the runs, 'kmatrix history import' adds a folder"
        case .ambiguousRun: "several runs in the history '\(path)' begin with that: \(detail); give more of the id"
        case .other: "the history '\(path)': \(detail)"
        }
    }
}
