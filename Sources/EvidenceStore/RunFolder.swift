public import Foundation
import Glibc
public import MatrixModel
public import SystemPackage

/// One run's folder: `run.json`, and a folder per cell under `cells`.
public struct RunFolder: Sendable {
    public let path: FilePath

    static let recordName = "run.json"
    static let cellsName = "cells"
    /// Bytes of a record: a verdict quotes findings, each bounded; a run lists warnings.
    static let recordLimit = 16 << 20
    /// Bytes of a plan: a record a line.
    static let planLimit = 256 << 20

    /// A folder that is there.
    public init(path: FilePath) { self.path = path }

    /// Makes the folder, and fails early when it cannot be written.
    /// - Throws: `StoreError`; with `fileExists` when another run is in it already.
    public static func create(at path: FilePath) throws -> RunFolder {
        if FileManager.default.fileExists(atPath: path.appending(Self.recordName).string) {
            throw StoreError(path: path.appending(Self.recordName), errno: .fileExists)
        }
        try DurableFile.makeFolder(path.appending(Self.cellsName))
        return RunFolder(path: path)
    }

    /// Where runs go when no folder is named: `$XDG_STATE_HOME/kmatrix/runs`, else `~/.local/state/kmatrix/runs`.
    public static func standardParent(environment: [String: String]) -> FilePath {
        if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") { return FilePath(base).appending("kmatrix/runs") }
        return FilePath(environment["HOME"] ?? NSHomeDirectory()).appending(".local/state/kmatrix/runs")
    }

    /// Stores what is said of the run; while it goes on it is not sealed.
    public func save(_ run: RunRecord) throws {
        if run.finished == nil { unlink(path.appending(RunSeal.fileName).string) }
        try DurableFile.write(Self.encoder().encode(run), to: path.appending(Self.recordName))
    }

    /// Ends the run: stores the verdicts of cells that left no evidence, and the digests of everything concluded.
    public func seal(_ run: RunRecord, _ records: [CellRecord]) throws {
        try save(run)
        var seal = RunSeal(digests: [:])
        func add(_ file: String, limit: Int = Self.recordLimit) throws -> Bool {
            guard let bytes = try BoundedFile.read(path.appending(file), limit: limit) else { return false }
            seal.digests[file] = RunSeal.digest(bytes)
            return true
        }
        _ = try add(Self.recordName)
        for name in [Self.plannedName, Self.elsewhereName] { _ = try add(name, limit: Self.planLimit) }
        for record in records {
            let file = Self.verdictPath(record.folderName)
            if try add(file) { continue }
            try cell(CellID(stored: record.id)).save(record, to: .verdict)
            _ = try add(file)
        }
        try seal.write(in: path)
    }

    /// Where a cell's verdict is, below the run's folder.
    static func verdictPath(_ folderName: String) -> String { "\(cellsName)/\(folderName)/\(EvidenceFile.verdict.rawValue)" }

    public func cell(_ id: CellID) throws -> CellFolder {
        let folder = CellFolder(path: path.appending(Self.cellsName).appending(id.folderName))
        try DurableFile.makeFolder(folder.path)
        return folder
    }

    /// JSON with sorted keys, so that the same value gives the same bytes.
    public static func encoder(isCompact: Bool = false) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = isCompact ? [.sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return encoder
    }
}

/// One cell's evidence folder.
public struct CellFolder: Sendable {
    public let path: FilePath

    public init(path: FilePath) { self.path = path }

    public func file(_ file: EvidenceFile) -> FilePath { path.appending(file.rawValue) }

    public func write(_ bytes: some Sequence<UInt8>, to file: EvidenceFile) throws { try DurableFile.write(bytes, to: self.file(file)) }

    /// - Returns: Nil when there is no such file.
    /// - Throws: `Errno` for what cannot be read, is not a regular file or is larger than the limit.
    public func read(_ file: EvidenceFile, limit: Int) throws -> [UInt8]? { try BoundedFile.read(self.file(file), limit: limit) }

    public func save(_ value: some Encodable, to file: EvidenceFile) throws { try write(RunFolder.encoder().encode(value), to: file) }

    /// Moves what a failed attempt left into `attempt-N`, so that the next one starts clean and nothing is lost.
    public func setAside(attempt: Int) throws {
        let manager = FileManager.default
        let place = path.appending("attempt-\(attempt)")
        try DurableFile.makeFolder(place)
        for file in EvidenceFile.allCases where manager.fileExists(atPath: self.file(file).string) {
            try manager.moveItem(atPath: self.file(file).string, toPath: place.appending(file.rawValue).string)
        }
    }
}
