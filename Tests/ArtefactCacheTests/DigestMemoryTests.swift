import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import ArtefactCache

@Suite("The memory of digests")
struct DigestMemoryTests {
    let folder: TemporaryFolder
    private var cache: ArtefactCache { ArtefactCache(root: folder.path) }
    private var path: FilePath { folder.path.appending("file") }
    private var file: URL { URL(filePath: folder.path.appending("digests.json").string) }

    init() throws { folder = try TemporaryFolder() }

    /// A file whose time of modification is long past, whenever it was written.
    private func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path.string))
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)], ofItemAtPath: path.string)
    }

    private func memory(_ boot: String = "a") -> DigestMemory { DigestMemory(in: cache, boot: boot) }

    @Test("reads a file again that was written since, though its size and its time of modification are the same")
    func changed() async throws {
        try write("one")
        try await Task.sleep(for: .milliseconds(1_100))
        let one = try memory().digest(of: path, isSparse: false)
        #expect(FileManager.default.fileExists(atPath: file.path))
        try write("two")
        #expect(try memory().digest(of: path, isSparse: false) != one)
    }

    @Test("does not remember what was changed a moment ago, for it may be changed again within the clock's same tick")
    func fresh() throws {
        try write("one")
        _ = try memory().digest(of: path, isSparse: false)
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test("spares reading a file until the machine boots again, and trusts no memory that makes no sense")
    func remembered() async throws {
        try write("one")
        try await Task.sleep(for: .milliseconds(1_100))
        let one = try memory().digest(of: path, isSparse: false)
        #expect(try one == FileDigest.whole(path))
        func forge() throws { try String(contentsOf: file, encoding: .utf8).replacing(one, with: "known").write(to: file, atomically: true, encoding: .utf8) }
        try forge()
        #expect(try memory().digest(of: path, isSparse: false) == "known")
        #expect(try memory().digest(of: path, isSparse: true) == FileDigest.sparse(path))
        #expect(try memory().digest(of: path, isSparse: false, rereads: true) == one)
        try forge()
        #expect(try memory("").digest(of: path, isSparse: false) == one)
        #expect(try memory("b").digest(of: path, isSparse: false) == one)
        try Data("{".utf8).write(to: file)
        #expect(try memory().digest(of: path, isSparse: false) == one)
    }

    @Test("forgets files that are gone when it is full, and then all but the newest")
    func full() async throws {
        let paths = ["a", "b", "c"].map { folder.path.appending($0) }
        for path in paths { try Data(path.string.utf8).write(to: URL(filePath: path.string)) }
        try await Task.sleep(for: .milliseconds(1_100))
        func remembered() throws -> [String] {
            let text = try String(contentsOf: file, encoding: .utf8)
            return paths.filter { text.contains("whole \($0.string)".replacing("/", with: #"\/"#)) }.compactMap { $0.lastComponent?.string }
        }
        func read(_ place: Int) throws { _ = try DigestMemory(in: cache, boot: "a", limit: 2).digest(of: paths[place], isSparse: false) }
        try read(0)
        try read(1)
        #expect(try remembered() == ["a", "b"])
        try read(2)
        #expect(try remembered() == ["c"])
        try read(0)
        try FileManager.default.removeItem(atPath: paths[0].string)
        try read(1)
        #expect(try remembered() == ["b", "c"])
    }
}
