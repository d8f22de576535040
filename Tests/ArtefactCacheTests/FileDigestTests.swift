import ArtefactCache
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite("Digests of files that do not change")
struct ArtefactDigestsTests {
    @Test("are those of the files' content, and each file is read once")
    func once() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("file")
        try Data("abc".utf8).write(to: URL(filePath: path.string))
        let digests = ArtefactDigests()
        let known = try FileDigest.sparse(path)
        #expect(try digests.digest(of: path) == known)
        try FileManager.default.removeItem(atPath: path.string)
        #expect(try digests.digest(of: path) == known)
        #expect(throws: Errno.noSuchFileOrDirectory) { try ArtefactDigests().digest(of: path) }
    }
}

@Suite("The digest of a file with holes")
struct FileDigestTests {
    @Test("counts what the file reads as, and not where it has holes")
    func holes() throws {
        let folder = try TemporaryFolder()
        func file(_ name: String, _ writes: [(Int, [UInt8])], size: Int) throws -> FilePath {
            let path = folder.path.appending(name)
            let file = try FileDescriptor.open(path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
            try file.closeAfter {
                try file.resize(to: Int64(size))
                for (offset, bytes) in writes { _ = try file.writeAll(toAbsoluteOffset: Int64(offset), bytes) }
            }
            return path
        }
        let size = 8 << 20
        let sparse = try FileDigest.sparse(file("sparse", [(3 << 20, [1, 2, 3])], size: size))
        let full = try FileDigest.sparse(file("full", [(0, [UInt8](repeating: 0, count: size)), (3 << 20, [1, 2, 3])], size: size))
        #expect(sparse == full)
        let moved = try FileDigest.sparse(file("moved", [(4 << 20, [1, 2, 3])], size: size))
        #expect(moved != sparse)
        #expect(try FileDigest.sparse(file("other", [(3 << 20, [1, 2, 4])], size: size)) != sparse)
        #expect(try FileDigest.sparse(file("empty", [], size: size)) != sparse)
    }
}
