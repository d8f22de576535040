import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import EvidenceStore

@Suite("An excerpt of evidence")
struct EvidenceExcerptTests {
    @Test("is the whole of a small file")
    func small() throws {
        try TemporaryFolder.during { folder in
            let cell = CellFolder(path: folder)
            try cell.write(Array("0123456789".utf8), to: .console)
            #expect(cell.excerpt(of: .console, head: 5, tail: 5) == EvidenceExcerpt(head: Array("0123456789".utf8), tail: [], size: 10))
            #expect(cell.excerpt(of: .agentLog, head: 5, tail: 5) == nil)
        }
    }

    @Test("is both ends of a large one, which is not read as a whole")
    func large() throws {
        try TemporaryFolder.during { folder in
            let cell = CellFolder(path: folder)
            // A hole takes no room and reads as zeros: 100 GB of a guest's log.
            try cell.write(Array("begin".utf8), to: .console)
            let descriptor = try FileDescriptor.open(cell.file(.console), .writeOnly)
            try descriptor.closeAfter { _ = try descriptor.writeAll(toAbsoluteOffset: 100_000_000_000, Array("end".utf8)) }
            let excerpt = try #require(cell.excerpt(of: .console, head: 5, tail: 3))
            #expect(excerpt.head == Array("begin".utf8) && excerpt.tail == Array("end".utf8))
            #expect(excerpt.omitted == 100_000_000_003 - 8)
        }
    }

    @Test("is of a file alone, never of what a link points to or of a pipe")
    func links() throws {
        try TemporaryFolder.during { folder in
            let cell = CellFolder(path: folder)
            try FileManager.default.createSymbolicLink(atPath: cell.file(.console).string, withDestinationPath: "/etc/passwd")
            #expect(cell.excerpt(of: .console, head: 5, tail: 5) == nil)
            #expect(mkfifo(cell.file(.agentLog).string, 0o600) == 0)
            #expect(cell.excerpt(of: .agentLog, head: 5, tail: 5) == nil)
        }
    }
}

@Suite("The order of records")
struct CellOrderTests {
    @Test("is by meaning, whatever order they come in")
    func order() throws {
        func record(_ guest: String, _ version: String, _ layout: CgroupLayout) throws -> CellRecord {
            let kernel = KernelIdentity(version: try KernelVersion(parsing: version), flavour: .cloud, release: "", origin: "")
            return DoubtedRunTests.waiting(Cell(guest: guest, kernel: kernel, cgroup: layout))
        }
        let sorted = try [
            record("micro", "5.9.1-1", .legacy),
            CellRecord(
                unavailable: AskedCell(try KernelSelector(parsing: "5.9"), CellAxes(cgroup: .unified)), judgement: Judgement(cause: .notOffered, summary: "")),
            record("micro", "5.10.1-1", .unified), record("micro", "5.10.1-1", .hybrid), record("debian-9", "4.9.1-1", .unified),
            record("debian-10", "4.19.1-1", .unified),
        ]
        #expect(CellOrder.sorted(sorted.reversed()).map(\.id).suffix(4) == sorted.map(\.id).suffix(4))
        #expect(Set(CellOrder.sorted(sorted.reversed()).map(\.id).prefix(2)) == Set(sorted.map(\.id).prefix(2)))
    }
}
