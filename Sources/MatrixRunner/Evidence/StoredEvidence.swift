public import EvidenceStore
import Foundation
import GuestProtocol
import Judgement
public import MatrixModel
import Probes

/// The evidence of one cell, read back from its folder and judged by today's rules.
public struct StoredEvidence: Sendable {
    public let judgement: Judgement
    public let proofs: [ProofResult]

    /// Why a cell cannot be judged again.
    public struct Unreadable: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String

        public init(_ description: String) { self.description = description }
    }

    /// Bytes of one evidence file that are read back.
    private static let limit = 64 << 20

    /// - Throws: `Unreadable` for a folder without `attempt.json` (written before there were proofs), of another schema, or damaged.
    public init(in folder: CellFolder) throws(Unreadable) {
        let sheet: AttemptRecord = try Self.decode(.attempt, in: folder)
        guard sheet.schema == AttemptRecord.schema else {
            throw Unreadable("attempt.json is of schema \(sheet.schema), where this kmatrix reads \(AttemptRecord.schema)")
        }
        if let unknown = AttemptRecord.unknownMembers(of: try Self.bytes(.attempt, in: folder)).first {
            throw Unreadable("attempt.json has the member '\(Quote.line(unknown))', which schema \(AttemptRecord.schema) does not have: it is damaged")
        }
        guard !sheet.hasUnknownProfile else {
            throw Unreadable("attempt.json names the profile '\(Quote.line(sheet.profile ?? ""))', which this kmatrix does not know")
        }
        var evidence = sheet.evidence()
        for (item, file) in EvidenceWriter.files where evidence.items[item] != nil { evidence.items[item]?.bytes = try Self.bytes(file, in: folder) }
        let reports: [EncodedReport] = try Self.decode(.clients, in: folder)
        evidence.reports = reports.map(\.report)
        if sheet.hasJournal { evidence.journal = try Self.journal(in: folder) }
        evidence.console = (try? Self.bytes(.console, in: folder)) ?? []
        let conclusion = CellConclusion(evidence, knownDefects: sheet.knownDefects)
        judgement = conclusion.judgement
        proofs = conclusion.proofs
    }

    private static func journal(in folder: CellFolder) throws(Unreadable) -> [FabricRequest] {
        do {
            return try bytes(.fabricJournal, in: folder).split(separator: UInt8(ascii: "\n")).map {
                try JSONDecoder().decode(FabricRequest.self, from: Data($0))
            }
        } catch {
            throw Unreadable("\(EvidenceFile.fabricJournal.rawValue) cannot be read: \(error)")
        }
    }

    private static func decode<Value: Decodable>(_ file: EvidenceFile, in folder: CellFolder) throws(Unreadable) -> Value {
        let content = try bytes(file, in: folder)
        do { return try JSONDecoder().decode(Value.self, from: Data(content)) } catch { throw Unreadable("\(file.rawValue) is damaged: \(error)") }
    }

    private static func bytes(_ file: EvidenceFile, in folder: CellFolder) throws(Unreadable) -> [UInt8] {
        do {
            guard let bytes = try folder.read(file, limit: limit) else { throw Unreadable("it has no \(file.rawValue)") }
            return bytes
        } catch let error as Unreadable {
            throw error
        } catch {
            throw Unreadable("\(file.rawValue) cannot be read: \(error)")
        }
    }
}
