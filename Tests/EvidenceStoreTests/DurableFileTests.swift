import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import EvidenceStore

@Suite("Writing evidence")
struct DurableFileTests {
    @Test("a file is replaced as a whole and nothing is left beside it")
    func replaces() throws {
        try TemporaryFolder.during { folder in
            let path = folder.appending("verdict.json")
            try DurableFile.write(Array("old".utf8), to: path)
            try DurableFile.write(Array("new".utf8), to: path)
            #expect(try String(contentsOfFile: path.string, encoding: .utf8) == "new")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.string) == ["verdict.json"])
        }
    }

    @Test("a full disk is told as such")
    func full() throws {
        // /dev/full fails every write with ENOSPC, as a full disk does (full(4)).
        let error = StoreError(path: "/x", errno: .noSpace)
        #expect(error.description.contains("no space left"))
        #expect(error.description.contains("--out"))
        let descriptor = try FileDescriptor.open("/dev/full", .writeOnly)
        defer { try? descriptor.close() }
        #expect(throws: Errno.noSpace) { try descriptor.writeAll([1]) }
    }

    @Test("a path that a file blocks is an error that names it")
    func blocked() throws {
        try TemporaryFolder.during { folder in
            try DurableFile.write([1], to: folder.appending("file"))
            let error = #expect(throws: StoreError.self) { try DurableFile.makeFolder(folder.appending("file/below")) }
            #expect(error?.errno == .notDirectory)
        }
    }

    @Test("a run's folder holds one run")
    func once() throws {
        try TemporaryFolder.during { folder in
            let run = try RunFolder.create(at: folder.appending("run"))
            try run.save(RunRecord(id: "a", started: "2026-01-01T00:00:00Z", harness: "0"))
            let error = #expect(throws: StoreError.self) { try RunFolder.create(at: folder.appending("run")) }
            #expect(error?.errno == .fileExists)
        }
    }

    @Test("a failed attempt's files move aside and none is lost")
    func aside() throws {
        try TemporaryFolder.during { folder in
            let cell = CellFolder(path: folder)
            try cell.write(Array("one".utf8), to: .console)
            try cell.setAside(attempt: 1)
            try cell.write(Array("two".utf8), to: .console)
            #expect(try String(contentsOfFile: folder.appending("attempt-1/console.log").string, encoding: .utf8) == "one")
            #expect(try String(contentsOfFile: folder.appending("console.log").string, encoding: .utf8) == "two")
        }
    }
}
