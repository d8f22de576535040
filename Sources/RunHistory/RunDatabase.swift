import EvidenceStore
import Foundation
import GRDB
public import SystemPackage

/// What past runs concluded, in one SQLite database that several processes may use at once.
///
/// Every change is one transaction, on the disk before the call returns.
public struct RunDatabase: Sendable {
    public let path: FilePath
    let queue: DatabaseQueue

    /// Opens the database; makes it, and brings its tables up to date, where needed.
    /// - Throws: `HistoryError`, `StoreError` for a folder that cannot be made.
    public init(at path: FilePath) throws {
        self.path = path
        try DurableFile.makeFolder(path.removingLastComponent())
        queue = try Self.guarded(path) {
            try OpeningLock.with(path) {
                let queue = try DatabaseQueue(path: path.string, configuration: Self.configuration)
                // GRDB settles for NORMAL with a write-ahead log, with which a power cut may take the last transactions.
                try queue.inDatabase { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
                let migrations = Migrations.all
                if try queue.read(migrations.hasBeenSuperseded) {
                    let known = Set(migrations.migrations)
                    let unknown = try queue.read { try migrations.appliedIdentifiers($0).subtracting(known).sorted() }
                    throw HistoryError(.newer, path: path, detail: "it has '\(unknown.joined(separator: "', '"))'")
                }
                try migrations.migrate(queue)
                return queue
            }
        }
    }

    /// Where the history is when no file is named: `$XDG_STATE_HOME/kmatrix/history.sqlite`, next to the runs.
    public static func standardPath(environment: [String: String]) -> FilePath {
        RunFolder.standardParent(environment: environment).removingLastComponent().appending("history.sqlite")
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(30)
        // Only an empty database takes it; what pruning frees then goes back to the disk.
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
        return configuration
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value { try Self.guarded(path) { try queue.read(body) } }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value { try Self.guarded(path) { try queue.write(body) } }

    func giveBackSpace() throws {
        // Gives back a page with each step that is taken, so all rows are asked for.
        try Self.guarded(path) { _ = try queue.writeWithoutTransaction { db in try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum") } }
    }

    private static func guarded<Value>(_ path: FilePath, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as DatabaseError { throw HistoryError(error, path: path) }
    }
}
