import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import MatrixRunner

/// A cell of a real guest that passed all its proofs, whole. What it needs is found by taking each fact away: none may be missing, or different, from a green
/// cell.
@Suite("A captured green cell")
struct GreenCellTests {
    private static let source = Bundle.module.bundleURL.appending(path: "Evidence/green")
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for file in try FileManager.default.contentsOfDirectory(at: Self.source, includingPropertiesForKeys: nil) {
            try FileManager.default.copyItem(at: file, to: URL(filePath: folder.path.appending(file.lastPathComponent).string))
        }
    }

    private func url(_ file: EvidenceFile) -> URL { URL(filePath: folder.path.appending(file.rawValue).string) }

    /// Whether the folder is a green cell; one that cannot be read is none.
    private var isGreen: Bool { (try? StoredEvidence(in: CellFolder(path: folder.path)))?.judgement.verdict == .compatible }

    /// Writes each variant of a file in turn.
    /// - Returns: The names of those that leave the cell green.
    private func survivors(_ file: EvidenceFile, _ variants: [(name: String, bytes: Data)]) throws -> [String] {
        let original = try Data(contentsOf: url(file))
        defer { try? original.write(to: url(file)) }
        return try variants.filter { variant in
            try variant.bytes.write(to: url(file))
            return isGreen
        }.map(\.name)
    }

    @Test("passes every proof as it is")
    func whole() throws {
        let stored = try StoredEvidence(in: CellFolder(path: folder.path))
        #expect(stored.judgement.verdict == .compatible, "\(stored.judgement.summary)")
        #expect(stored.proofs.count { $0.state == .pass } > 20)
        #expect(stored.proofs.allSatisfy { [.pass, .notApplicable].contains($0.state) })
    }

    @Test("is not green without one of its files", arguments: [EvidenceFile.attempt, .clients, .fabricJournal, .status, .finalStatus, .restartedStatus])
    func files(file: EvidenceFile) throws {
        try FileManager.default.removeItem(at: url(file))
        #expect(!isGreen)
    }

    private typealias Object = [String: Any]

    private static func data(_ value: Any) throws -> Data { try JSONSerialization.data(withJSONObject: value, options: .sortedKeys) }

    @Test("is not green where the platform did not see a client's request as it must be, or not at all")
    func journal() throws {
        let lines = try String(contentsOf: url(.fabricJournal), encoding: .utf8).split(separator: "\n").map { Data($0.utf8) }
        let requests = try lines.map { try #require(JSONSerialization.jsonObject(with: $0) as? Object) }
        func without(_ index: Int) -> [Data] { Array(lines[..<index] + lines[(index + 1)...]) }
        var variants: [(String, [Data])] = []
        for (index, request) in requests.enumerated() {
            guard let client = request["client"] as? String else { continue }
            variants.append(("\(client) removed", without(index)))
            func change(_ name: String, _ edit: (inout Object) -> Void) throws {
                var edited = request
                edit(&edited)
                var all = lines
                all[index] = try Self.data(edited)
                variants.append(("\(client) \(name)", all))
            }
            try change("of another") { $0["client"] = "stranger" }
            try change("failed") { $0["status"] = 500 }
            guard let claims = request["claims"] as? String else { continue }
            try change("unsigned") { $0["signature"] = "absent" }
            try change("wrongly signed") { $0["signature"] = "wrong" }
            try change("without claims") { $0["claims"] = nil }
            try change("of another user") {
                $0["claims"] = claims.contains("true") ? claims.replacing("true", with: "false") : claims.replacing("false", with: "true")
            }
        }
        #expect(variants.count > 200)
        let encoded = variants.map { name, lines in (name, Data(lines.joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")])) }
        // That the key survived a restart is shown by the signature alone.
        let found = try survivors(.fabricJournal, encoded).filter {
            !["failed", "without claims", "of another user"].map { "imds-root-restarted \($0)" }.contains($0)
        }
        #expect(found == [], "\(found)")
    }

    @Test("is not green where a client did not report, or got another answer")
    func clients() throws {
        let reports = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: url(.clients))) as? [Object])
        var variants: [(String, Data)] = []
        for (index, report) in reports.enumerated() {
            let name = try #require(report["name"] as? String)
            variants.append(("\(name) removed", try Self.data(Array(reports[..<index] + reports[(index + 1)...]))))
            guard report["httpStatus"] is Int else { continue }
            var other = reports
            other[index]["httpStatus"] = 500
            variants.append(("\(name) failed", try Self.data(other)))
        }
        #expect(variants.count > 60)
        let found = try survivors(.clients, variants).filter { $0 != "imds-root-restarted failed" }
        #expect(found == [], "\(found)")
    }

    @Test("is not green where the guest's end, its kernel, its clock or its evidence is in doubt")
    func attempt() throws {
        let sheet = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: url(.attempt))) as? Object)
        var variants: [(String, Data)] = []
        func change(_ name: String, _ edit: (inout Object) -> Void) throws {
            var edited = sheet
            edit(&edited)
            variants.append((name, try Self.data(edited)))
        }
        for fate in ["ended-early", "reset", "hung"] { try change("fate \(fate)") { $0["fate"] = ["how": fate] } }
        try change("another kernel") { $0["build"] = "#1 SMP another" }
        try change("no kernel") { $0["release"] = nil }
        try change("no journal") { $0["hasJournal"] = false }
        try change("lost evidence") { $0["losses"] = ["clients.json could not be written"] }
        try change("agent ended") { $0["agentEnding"] = ["how": "signaled", "number": 11] }
        try change("set-up failed") { $0["setupFailure"] = ["mount", "no such device"] }
        let found = try survivors(.attempt, variants)
        #expect(found == [], "\(found)")
    }

    @Test("is not green where the agent's own account cannot be read, or contradicts what was seen")
    func status() throws {
        for file in [EvidenceFile.status, .finalStatus] {
            let text = try String(contentsOf: url(file), encoding: .utf8)
            var variants = [("cut", String(text.prefix(text.count / 2))), ("empty", ""), ("no JSON", "status: fine")]
            // An agent that was told to stop may say that its parts have.
            if file == .status { variants.append(("stopped", text.replacing("RUNNING", with: "STOPPED"))) }
            let found = try survivors(file, variants.map { ($0.0, Data($0.1.utf8)) })
            #expect(found == [], "\(file.rawValue): \(found)")
        }
    }
}
