import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import GuestRunner

@Suite("SmallFile")
struct SmallFileTests {
    @Test("reads up to the limit and tells the real length")
    func limits() throws {
        try TemporaryFolder.during { folder in
            let path = "\(folder)/file"
            try SmallFile.write([UInt8](repeating: 9, count: 200_000), to: path)
            for limit in [0, 1, 64 * 1024, 199_999] {
                let content = try #require(SmallFile.read(path, limit: limit))
                #expect(content.bytes.count == limit)
                #expect(content.length == 200_000)
                #expect(content.isTruncated)
            }
            for limit in [200_000, 1 << 20] {
                let content = try #require(SmallFile.read(path, limit: limit))
                #expect(content.bytes.count == 200_000)
                #expect(!content.isTruncated)
            }
        }
    }

    @Test("reads files that have no size to ask for")
    func procFiles() throws {
        let content = try #require(SmallFile.read("/proc/version", limit: 4096))
        #expect(content.bytes.starts(with: Array("Linux version".utf8)))
        #expect(content.length == content.bytes.count)
    }

    @Test("takes neither a pipe, a link, a folder nor a device for a file")
    func notFiles() throws {
        try TemporaryFolder.during { folder in
            #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
            #expect(symlink("/proc/version", "\(folder)/link") == 0)
            for path in ["\(folder)/pipe", "\(folder)/link", folder.string, "/dev/zero", "\(folder)/nothing"] {
                #expect(SmallFile.read(path, limit: 10) == nil)
            }
        }
    }
}
