import Foundation
import MatrixModel
import Synchronization
public import SystemPackage

/// What a stored cell is read as: the whole `CellRecord`, or no more than its `CellOutcome`.
public protocol StoredCell: Decodable, Hashable, Sendable {
    var id: String { get }
}

extension CellRecord: StoredCell {}

/// A run as its folder has it, checked against everything that can be checked.
public struct StoredRun<Cell: StoredCell>: Hashable, Sendable {
    public var run: RunRecord
    /// Sorted by cell.
    public var cells: [Cell]
    /// The folders of cells that have no verdict: the run was cut short.
    public var unfinished: [String]

    /// - Throws: `RunReadingError` with all that is wrong with the folder.
    public static func read(at path: FilePath) throws(RunReadingError) -> StoredRun {
        try StoredRunReader<Cell>(path: path).read()
    }

    /// Reads several at once, in the order of their paths.
    public static func readAll(_ paths: [FilePath]) -> [Result<StoredRun, RunReadingError>] {
        let results = Mutex<[Int: Result<StoredRun, RunReadingError>]>([:])
        DispatchQueue.concurrentPerform(iterations: paths.count) { index in
            let result = Result { () throws(RunReadingError) in try read(at: paths[index]) }
            results.withLock { $0[index] = result }
        }
        return results.withLock { found in paths.indices.compactMap { found[$0] } }
    }
}

/// Reads a run's folder, and goes on after what is wrong, so that it is told at once.
private struct StoredRunReader<Cell: StoredCell> {
    let path: FilePath

    /// A verdict quotes findings, each bounded; a run lists warnings.
    private static var limit: Int { 16 << 20 }

    private struct Part {
        var record: Cell?
        /// Nil where there is no verdict.
        var digest: String?
        var damages: [RunReadingError.Damage] = []
    }

    func read() throws(RunReadingError) -> StoredRun<Cell> {
        var damages: [RunReadingError.Damage] = []
        func attempt<Value>(_ file: String, _ body: () throws -> Value?) -> Value? {
            do { return try body() } catch {
                damages.append(.init(code: .unreadable, file: file, detail: "\(error)"))
                return nil
            }
        }
        let bytes = attempt("run.json") { try BoundedFile.read(path.appending("run.json"), limit: Self.limit) }
        guard let bytes else {
            throw RunReadingError(path: path, damages: damages.isEmpty ? [.init(code: .noRun, file: "run.json", detail: "")] : damages)
        }
        var run: RunRecord?
        switch Self.decode(RunRecord.self, schema: RunRecord.schema, from: bytes, file: "run.json") {
        case .success(let value):
            run = value
            if value.schema != RunRecord.schema { damages.append(Self.unknownSchema(value.schema, known: RunRecord.schema, file: "run.json")) }
            // Runs are put in order by it, as text.
            if value.started.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z/) == nil {
                damages.append(.init(code: .unreadable, file: "run.json", detail: "'started' is no time in UTC"))
            }
        case .failure(let failure): damages.append(failure.damage)
        }
        let seal = attempt(RunSeal.fileName) { try RunSeal.read(in: path) }
        let folders = attempt("cells") { try FileManager.default.contentsOfDirectory(atPath: path.appending("cells").string).sorted() } ?? []
        if let seal, let damage = Self.compare(RunSeal.digest(bytes), with: seal, file: "run.json") { damages.append(damage) }
        let parts = readCells(folders, seal)
        damages += parts.flatMap(\.damages)
        if let seal { damages += Self.missing(in: folders, parts, seal) }
        let cells = CellIDOrder.sort(parts.compactMap(\.record), by: \.id)
        guard let run, damages.isEmpty else { throw RunReadingError(path: path, damages: damages) }
        let unfinished = zip(folders, parts).filter { $1.record == nil && $1.digest == nil }.map(\.0)
        return StoredRun(run: run, cells: cells, unfinished: unfinished)
    }

    /// Thousands of small files: every processor takes its share.
    private func readCells(_ folders: [String], _ seal: RunSeal?) -> [Part] {
        let share = 64
        let shares = stride(from: 0, to: folders.count, by: share).map { Array(folders[$0..<min($0 + share, folders.count)]) }
        let results = Mutex<[[Part]]>(Array(repeating: [], count: shares.count))
        DispatchQueue.concurrentPerform(iterations: shares.count) { index in
            let parts = shares[index].map { readCell($0, seal) }
            results.withLock { $0[index] = parts }
        }
        return results.withLock { $0.flatMap(\.self) }
    }

    private func readCell(_ folder: String, _ seal: RunSeal?) -> Part {
        let file = Self.verdict(in: folder)
        let bytes: [UInt8]?
        do { bytes = try BoundedFile.read(path.appending(file), limit: Self.limit) } catch {
            return Part(digest: "", damages: [.init(code: .unreadable, file: file, detail: "\(error)")])
        }
        guard let bytes else { return Part() }
        var part = Part(digest: seal == nil ? "" : RunSeal.digest(bytes))
        if let seal, let digest = part.digest, let damage = Self.compare(digest, with: seal, file: file) { part.damages.append(damage) }
        switch Self.decode(Cell.self, schema: CellRecord.schema, from: bytes, file: file) {
        case .failure(let failure): part.damages.append(failure.damage)
        case .success(let record) where CellID(stored: record.id).folderName != folder:
            part.damages.append(.init(code: .misplaced, file: file, detail: record.id))
        case .success(let record): part.record = record
        }
        return part
    }

    private static func verdict(in folder: String) -> String { "cells/" + folder + "/" + EvidenceFile.verdict.rawValue }

    private struct Schema: Decodable { let schema: Int }

    private struct Failure: Error { let damage: RunReadingError.Damage }

    /// Of a record of another schema nothing else is said: nothing can be expected to be where it is today.
    private static func decode<Value: Decodable>(_ type: Value.Type, schema: Int, from bytes: [UInt8], file: String) -> Result<Value, Failure> {
        let data = Data(bytes)
        do {
            return .success(try JSONDecoder().decode(type, from: data))
        } catch {
            if let found = try? JSONDecoder().decode(Schema.self, from: data).schema, found != schema {
                return .failure(Failure(damage: unknownSchema(found, known: schema, file: file)))
            }
            let reason = (error as? DecodingError).map(Self.text) ?? "\(error)"
            return .failure(Failure(damage: .init(code: .unreadable, file: file, detail: reason)))
        }
    }

    private static func unknownSchema(_ found: Int, known: Int, file: String) -> RunReadingError.Damage {
        .init(code: .unknownSchema, file: file, detail: "schema \(found), where this kmatrix reads \(known)")
    }

    private static func text(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has a value of another kind"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "no JSON" : "'\(context.codingPath.map(\.stringValue).joined(separator: "."))': \(context.debugDescription)"
        @unknown default: "\(error)"
        }
    }

    private static func compare(_ digest: String, with seal: RunSeal, file: String) -> RunReadingError.Damage? {
        guard let sealed = seal.digests[file] else { return .init(code: .unsealed, file: file, detail: "") }
        return sealed == digest ? nil : .init(code: .altered, file: file, detail: "")
    }

    /// What was sealed and is not there; the run's own record has been read by now.
    private static func missing(in folders: [String], _ parts: [Part], _ seal: RunSeal) -> [RunReadingError.Damage] {
        var left = Set(seal.digests.keys)
        left.remove("run.json")
        for (folder, part) in zip(folders, parts) where part.digest != nil { left.remove(verdict(in: folder)) }
        return left.sorted().map { .init(code: .missing, file: $0, detail: "") }
    }
}
