import Archives
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite("A damaged archive is refused, or read within its limits")
struct DamagedArchiveTests {
    private static let limit = 1 << 16

    /// The folder's content as `zip` packs it, deflated and stored.
    private static func zips() throws -> [[UInt8]] {
        let folder = try TemporaryFolder()
        for (name, text) in [("status.json", String(repeating: "{\"status\": \"ERROR\"}\n", count: 200)), ("short.log", "x")] {
            try Data(text.utf8).write(to: URL(filePath: folder.path.appending(name).string))
        }
        return try ["-6", "-0"].map { level in
            try ArchiveTests.piped([], through: ["sh", "-c", "cd '\(folder.path)'; zip -q \(level) - status.json short.log | cat"])
        }
    }

    @Test("zip", arguments: fuzzSeeds(2))
    func zip(seed: UInt64) throws {
        var read = 0
        for bytes in DamagedSamples(of: try Self.zips(), seed: seed, count: 1000) {
            guard let archive = try? ZipArchive(bytes, mostEntries: 8) else { continue }
            #expect(archive.entries.count <= 8)
            for entry in archive.entries {
                guard let content = try? Unpacked.zip(archive, entry, limit: Self.limit) else { continue }
                #expect(content.count <= Self.limit)
                read += 1
            }
        }
        #expect(read > 0)
    }

    @Test("gzip", arguments: fuzzSeeds(2))
    func gzip(seed: UInt64) throws {
        let samples = try ArchiveTests.samples.map { try ArchiveTests.piped($0.bytes, through: ["gzip", "-c"]) }
        for bytes in DamagedSamples(of: samples, seed: seed, count: 300) {
            guard let content = try? Unpacked.gzip(bytes, limit: Self.limit) else { continue }
            #expect(content.count <= Self.limit)
        }
    }

    @Test("tar", arguments: fuzzSeeds(2))
    func tar(seed: UInt64) throws {
        let archive = TarWriter.archive([("status.json", Array("{}".utf8)), (String(repeating: "long/", count: 40) + "name", [1, 2, 3])])
        for bytes in DamagedSamples(of: [archive], seed: seed, count: 1000) {
            if let files = try? Unpacked.tar(bytes, pieces: 700) { #expect(files.map(\.bytes.count).reduce(0, +) <= bytes.count) }
            var stream = TarStream(bytes, limit: Self.limit)
            while let entry = try? stream.next() {
                #expect(entry.content.lowerBound >= 0 && entry.content.upperBound <= bytes.count && entry.content.count <= Self.limit)
            }
        }
    }
}
