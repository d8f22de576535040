import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage

/// Writes a site next to its target folder and then renames it, so readers see either the old site or the new one.
struct SiteWriter {
    let content: SiteContent

    /// Marks a folder as a site that may be replaced.
    private static let marker = "site.css"
    private static let iconSource: StaticString = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1a7f37"/>\
        <path d="M4 8.5 7 11.5 12.5 5" fill="none" stroke="#fff" stroke-width="2"/></svg>

        """

    /// - Throws: `ReportError` when the folder holds other files or cannot be written.
    func write(to target: FilePath) async throws {
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        if manager.fileExists(atPath: target.string, isDirectory: &isFolder) {
            let existing = isFolder.boolValue ? (try? manager.contentsOfDirectory(atPath: target.string)) ?? ["?"] : ["?"]
            guard existing.isEmpty || existing.contains(Self.marker) && existing.contains("index.html") else { throw ReportError(.notASite, path: target) }
        }
        let parts = target.removingLastComponent()
        let aside = FilePath(target.string + ".new")
        let former = FilePath(target.string + ".old")
        do {
            try DurableFile.makeFolder(parts)
            for path in [aside, former] where manager.fileExists(atPath: path.string) { try manager.removeItem(atPath: path.string) }
            try await fill(aside)
            if manager.fileExists(atPath: target.string) { try manager.moveItem(atPath: target.string, toPath: former.string) }
            try manager.moveItem(atPath: aside.string, toPath: target.string)
            try? manager.removeItem(atPath: former.string)
        } catch {
            try? manager.removeItem(atPath: aside.string)
            throw ReportError(.notWritten, path: target, detail: "\(error)")
        }
    }

    private func fill(_ folder: FilePath) async throws {
        for name in ["cells", "causes"] { try DurableFile.makeFolder(folder.appending(name)) }
        try Self.put(SiteFile.style, folder.appending("site.css"))
        try Self.put(SiteFile.script, folder.appending("site.js"))
        try Self.put(SiteFile.reportLinesSchema, folder.appending("report-lines-2.schema.json"))
        var icon = Markup()
        icon.literal(Self.iconSource)
        try Self.put(icon.bytes, folder.appending("icon.svg"))
        try Self.put(IndexPage(content: content).render(), folder.appending("index.html"))
        try Self.put(ChangesPage(content: content).render(), folder.appending("changes.html"))
        try Self.put(BootTimesPage(content: content).render(), folder.appending("boot-times.html"))
        try Self.put(BootTimePlot(cells: content.cells).render(), folder.appending("boot-times.svg"))
        try Self.put(BadgeImage(cells: content.cells).render(), folder.appending("badge.svg"))
        try Self.put(AtomFeed(run: content.run, changes: content.changes).render(), folder.appending("feed.atom"))
        try Self.put(LinesReport(document: content.document).render(), folder.appending("cells.jsonl"))
        if !content.proofs.isEmpty {
            try DurableFile.makeFolder(folder.appending("proofs"))
            try Self.put(ProofsPage(content: content).render(), folder.appending("proofs.html"))
            for proof in content.proofs {
                try Self.put(ProofPage(content: content, proof: proof).render(), folder.appending("proofs/\(proof.id.pageName).html"))
            }
        }
        if !content.deployments.isEmpty { try Self.put(DeploymentsPage(content: content).render(), folder.appending("deployments.html")) }
        for cause in content.causes { try Self.put(CausePage(content: content, cause: cause).render(), folder.appending("causes/\(cause.pageName).html")) }
        try await cells(folder.appending("cells"))
    }

    /// Pages are independent, so they are written in parallel.
    private func cells(_ folder: FilePath) async throws {
        let pairs = Array(zip(content.cells, content.stored.document.cells))
        let share = 64
        try await withThrowingTaskGroup(of: Void.self) { group in
            for start in stride(from: 0, to: pairs.count, by: share) {
                let some = pairs[start..<min(start + share, pairs.count)]
                group.addTask {
                    for (cell, stored) in some {
                        let page = CellPage(content: content, cell: cell, evidence: content.stored.evidence(of: stored))
                        try Self.put(page.render(), folder.appending(cell.pageName))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Not synced: a site can be written again in seconds.
    private static func put(_ bytes: [UInt8], _ path: FilePath) throws {
        let descriptor = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        _ = try descriptor.closeAfter { try descriptor.writeAll(bytes) }
    }
}
