import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import GuestRunner

@Suite("PayloadUnpacking")
struct PayloadUnpackingTests {
    @Test("puts files, folders and links in place with their modes, over what was there")
    func unpacks() throws {
        try TemporaryFolder.during { folder in
            try SmallFile.write(PayloadArchiveTests.good.bytes, to: "\(folder)/disk")
            for _ in 0..<2 {
                #expect(try PayloadUnpacking.unpack("\(folder)/disk", below: folder.string) == 4)
                #expect(SmallFile.text("\(folder)/usr/agent") == "#!agent")
                var status = stat()
                #expect(lstat("\(folder)/usr/agent", &status) == 0)
                #expect(status.st_mode & 0o7777 == 0o750)
                #expect(lstat("\(folder)/bin", &status) == 0)
                #expect(status.st_mode & S_IFMT == S_IFLNK)
            }
        }
    }

    @Test("does not follow a link the archive itself brought")
    func links() throws {
        try TemporaryFolder.during { folder in
            try SmallFile.makeFolders("\(folder)/root")
            try SmallFile.makeFolders("\(folder)/outside")
            var archive = HandmadeArchive()
            archive.add("way", mode: 0o120777, content: Array("../outside".utf8))
            archive.add("way/file", mode: 0o100644, content: [1])
            archive.end()
            try SmallFile.write(archive.bytes, to: "\(folder)/disk")
            #expect(throws: SystemCallError.self) { try PayloadUnpacking.unpack("\(folder)/disk", below: "\(folder)/root") }
            #expect(SmallFile.names(in: "\(folder)/outside").isEmpty)
        }
    }

    @Test("replaces a link by a file instead of writing through it")
    func replaces() throws {
        try TemporaryFolder.during { folder in
            try SmallFile.makeFolders("\(folder)/root")
            try SmallFile.write([7], to: "\(folder)/precious")
            var archive = HandmadeArchive()
            archive.add("a", mode: 0o120777, content: Array("../precious".utf8))
            archive.add("a", mode: 0o100644, content: [1])
            archive.end()
            try SmallFile.write(archive.bytes, to: "\(folder)/disk")
            try PayloadUnpacking.unpack("\(folder)/disk", below: "\(folder)/root")
            #expect(SmallFile.read("\(folder)/precious", limit: 10)?.bytes == [7])
            #expect(SmallFile.read("\(folder)/root/a", limit: 10)?.bytes == [1])
        }
    }

    @Test("names the disk that is not there")
    func missing() {
        #expect(throws: SystemCallError("open", "/nonexistent/disk", code: ENOENT)) {
            try PayloadUnpacking.unpack("/nonexistent/disk", below: "/tmp")
        }
    }
}
