import Archives
import Foundation
import Testing

@Suite("Archives")
struct ArchiveTests {
    /// What a program of every Debian makes of some bytes.
    static func piped(_ bytes: [UInt8], through command: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let writer = Thread { [handle = input.fileHandleForWriting] in
            try? handle.write(contentsOf: Data(bytes))
            try? handle.close()
        }
        writer.start()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Array(data)
    }

    static let samples: [(name: String, bytes: [UInt8])] = [
        ("nothing", []), ("a byte", [0x61]), ("one byte often", [UInt8](repeating: 7, count: 100_000)),
        ("text", Array(String(repeating: "status.json and its friends\n", count: 5_000).utf8)),
        ("noise", (0..<70_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }),
    ]

    @Test("gzip's output comes back, at every level", arguments: ["-1", "-6", "-9"])
    func gzip(level: String) throws {
        for sample in Self.samples {
            let packed = try Self.piped(sample.bytes, through: ["gzip", "-c", level])
            for size in [1, 7, 4_096, 1 << 20] { #expect(try Unpacked.gzip(packed, limit: 1 << 20, pieces: size) == sample.bytes, "\(sample.name), \(size)") }
        }
    }

    @Test("members one after the other are one file, and a name in the header is no matter")
    func members() throws {
        let one = try Self.piped(Array("one ".utf8), through: ["gzip", "-c"])
        let two = try Self.piped(Array("two".utf8), through: ["gzip", "-c"])
        for size in [1, 5, 1_000] {
            #expect(try Unpacked.gzip(one + two, limit: 100, pieces: size) == Array("one two".utf8))
            #expect(try Unpacked.gzip(one + [0, 0, 0] + two, limit: 100, pieces: size) == Array("one ".utf8), "what follows the last member is ignored")
        }
        var named = one
        named[3] |= 8
        named.insert(contentsOf: Array("name\0".utf8), at: 10)
        #expect(try Unpacked.gzip(named, limit: 100) == Array("one ".utf8))
    }

    @Test("what unpacks to more than it may is refused as it grows")
    func bomb() throws {
        let packed = try Self.piped([UInt8](repeating: 0, count: 1 << 20), through: ["gzip", "-c"])
        #expect(throws: ArchiveError.tooLarge("more than 1000 bytes once unpacked")) { try Unpacked.gzip(packed, limit: 1000) }
    }

    @Test("damage is refused or read, and never more than that")
    func damage() throws {
        let packed = try Self.piped(Self.samples[3].bytes, through: ["gzip", "-c"])
        for length in 0..<packed.count { _ = try? Unpacked.gzip(Array(packed.prefix(length)), limit: 1 << 20) }
        for position in 0..<packed.count {
            var damaged = packed
            damaged[position] ^= 0x55
            if let bytes = try? Unpacked.gzip(damaged, limit: 1 << 20) { #expect(bytes.count <= 1 << 20) }
        }
    }

    @Test("what was written as tar is read as tar, by us and by tar itself")
    func tar() throws {
        let files = [("a.txt", Array("hello".utf8)), ("logs/b.log", [UInt8](repeating: 9, count: 1_024)), ("empty", [])]
        let archive = TarWriter.archive(files.map { ($0.0, $0.1) }, modified: 1_700_000_000)
        var stream = TarStream(archive, limit: 1 << 20)
        for (name, bytes) in files {
            let entry = try stream.next()
            #expect(entry?.name == name && entry?.kind == .file && entry.map { Array(archive[$0.content]) } == bytes)
        }
        #expect(try stream.next() == nil)
        let listed = String(decoding: try Self.piped(archive, through: ["tar", "-tf", "-"]), as: UTF8.self)
        #expect(listed == "a.txt\nlogs/b.log\nempty\n")
    }

    @Test("a tar that tar(1) made is read the same in pieces of any size, with long names and folders", arguments: ["gnu", "pax", "ustar"])
    func tarPieces(format: String) throws {
        let deep = format == "ustar" ? "short" : String(repeating: "deep/", count: 40) + "end"
        let script =
            "cd $(mktemp -d); mkdir -p \(deep); printf hello > \(deep)/a.txt; head -c 1024 /dev/zero > zero; : > empty; ln -s zero link; tar "
            + "--format=\(format) -cf - \(deep)/a.txt zero empty link; rm -r \"$PWD\""
        let archive = try Self.piped([], through: ["sh", "-c", script])
        let expected = [("\(deep)/a.txt", Array("hello".utf8)), ("zero", [UInt8](repeating: 0, count: 1_024)), ("empty", [])]
        for size in [1, 100, 512, 513, 1 << 20] {
            let files = try Unpacked.tar(archive, pieces: size)
            #expect(files.map(\.name) == expected.map(\.0) && files.map(\.bytes) == expected.map(\.1), "\(size)")
        }
    }

    @Test("a tar that breaks off is reported in pieces as it is whole")
    func cutTar() throws {
        let archive = TarWriter.archive([("a", Array("hello".utf8)), ("b", [UInt8](repeating: 1, count: 600))])
        for length in stride(from: 1, to: archive.count - 1_024, by: 37) {
            #expect(throws: ArchiveError.self, "\(length)") { try Unpacked.tar(Array(archive.prefix(length)), pieces: 100) }
        }
    }

    @Test("a zip is read by its directory, stored or deflated")
    func zip() throws {
        let text = Self.samples[3].bytes
        let archive = try ZipArchive(
            HandmadeZip.archive([("plain.txt", Array("hi".utf8), nil), ("logs\\deep.log", text, try Self.deflated(text)), ("folder/", [], nil)]),
            mostEntries: 10)
        #expect(archive.entries.map(\.name) == ["plain.txt", "logs/deep.log", "folder/"])
        #expect(archive.entries.map(\.isFolder) == [false, false, true])
        #expect(try Unpacked.zip(archive, archive.entries[0], limit: 10) == Array("hi".utf8))
        #expect(try Unpacked.zip(archive, archive.entries[1], limit: 1 << 20) == text)
        #expect(throws: ArchiveError.self) { try Unpacked.zip(archive, archive.entries[1], limit: 100) }
    }

    @Test("a zip that lies about a member's size is held to the limit")
    func lyingZip() throws {
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        let archive = try ZipArchive(HandmadeZip.archive([("small", Array("x".utf8), try Self.deflated(zeros))]), mostEntries: 10)
        #expect(throws: ArchiveError.tooLarge("more than 1000 bytes once unpacked")) { try Unpacked.zip(archive, archive.entries[0], limit: 1000) }
    }

    @Test("a damaged zip is refused or read, and never more than that")
    func damagedZip() throws {
        let whole = HandmadeZip.archive([("a", Array("hello hello hello".utf8), nil), ("b", Array("x".utf8), try Self.deflated(Array("hello".utf8)))])
        #expect(throws: ArchiveError.tooLarge("2 members")) { try ZipArchive(whole, mostEntries: 1) }
        for length in 0..<whole.count { #expect(throws: ArchiveError.self) { try ZipArchive(Array(whole.prefix(length)), mostEntries: 10) } }
        for position in 0..<whole.count {
            for byte: UInt8 in [0, 0x7F, 0xFF] {
                var damaged = whole
                damaged[position] = byte
                guard let archive = try? ZipArchive(damaged, mostEntries: 10) else { continue }
                for entry in archive.entries { _ = try? Unpacked.zip(archive, entry, limit: 1000) }
            }
        }
    }

    /// The stream within gzip's header and trailer.
    static func deflated(_ bytes: [UInt8]) throws -> [UInt8] { Array(try piped(bytes, through: ["gzip", "-cn"]).dropFirst(10).dropLast(8)) }
}

/// Zip archives byte by byte, for no tool that makes them is on every machine.
enum HandmadeZip {
    /// - Parameter files: Name, content, and the content deflated; stored where that is nil.
    static func archive(_ files: [(name: String, bytes: [UInt8], deflated: [UInt8]?)]) -> [UInt8] {
        func little(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        var out: [UInt8] = []
        var directory: [UInt8] = []
        for (name, bytes, deflated) in files {
            let packed = deflated ?? bytes
            let common =
                little(20, 2) + little(0, 2) + little(deflated == nil ? 0 : 8, 2) + little(0, 4) + little(0, 4) + little(packed.count, 4)
                + little(bytes.count, 4) + little(name.utf8.count, 2) + little(0, 2)
            directory +=
                [0x50, 0x4B, 1, 2] + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(out.count, 4)
                + Array(name.utf8)
            out += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + packed
        }
        let start = out.count
        return out + directory + [0x50, 0x4B, 5, 6] + little(0, 4) + little(files.count, 2) + little(files.count, 2) + little(directory.count, 4)
            + little(start, 4) + little(0, 2)
    }
}
