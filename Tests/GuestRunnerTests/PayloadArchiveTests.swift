import TestSupport
import Testing

@testable import GuestRunner

/// Builds newc archives by hand, broken ones too.
struct HandmadeArchive {
    var bytes: [UInt8] = []

    mutating func add(_ name: String, mode: Int, content: [UInt8] = [], size: Int? = nil, magic: String = "070701") {
        func hex(_ value: Int) -> String { String(repeating: "0", count: 8 - String(value, radix: 16).count) + String(value, radix: 16) }
        let fields = [1, mode, 0, 0, 1, 0, size ?? content.count, 0, 0, 0, 0, name.utf8.count + 1, 0]
        bytes += Array((magic + fields.map(hex).joined() + name).utf8) + [0]
        pad()
        bytes += content
        pad()
    }

    mutating func end() { add("TRAILER!!!", mode: 0) }

    private mutating func pad() { while bytes.count % 4 != 0 { bytes.append(0) } }
}

@Suite("PayloadArchive")
struct PayloadArchiveTests {
    static func archive(_ bytes: [UInt8], piece: Int = .max) -> PayloadArchive {
        var rest = bytes[...]
        return PayloadArchive { limit throws(PayloadArchive.Violation) in
            defer { rest = rest.dropFirst(min(limit, piece)) }
            return Array(rest.prefix(min(limit, piece)))
        }
    }

    /// Reads everything: paths with their content.
    static func read(_ bytes: [UInt8], piece: Int = .max) throws -> [(PayloadArchive.Entry, [UInt8])] {
        var archive = archive(bytes, piece: piece)
        var found: [(PayloadArchive.Entry, [UInt8])] = []
        while let entry = try archive.next() {
            var content: [UInt8] = []
            if case .file(let size) = entry.kind { try archive.content(size: size) { content += $0 } }
            found.append((entry, content))
        }
        return found
    }

    static var good: HandmadeArchive {
        var archive = HandmadeArchive()
        archive.add("usr", mode: 0o040755)
        archive.add("usr/agent", mode: 0o100750, content: Array("#!agent".utf8))
        archive.add("usr/empty", mode: 0o100644)
        archive.add("bin", mode: 0o120777, content: Array("usr/bin".utf8))
        archive.end()
        return archive
    }

    @Test("hands out files, folders and links, however the bytes come", arguments: [1, 3, 511, Int.max])
    func good(piece: Int) throws {
        let found = try Self.read(Self.good.bytes + [UInt8](repeating: 0, count: 512), piece: piece)
        #expect(found.map(\.0.path) == [["usr"], ["usr", "agent"], ["usr", "empty"], ["bin"]])
        #expect(found.map(\.0.kind) == [.folder, .file(size: 7), .file(size: 0), .symlink(target: "usr/bin")])
        #expect(found.map(\.0.mode) == [0o755, 0o750, 0o644, 0o777])
        #expect(found[1].1 == Array("#!agent".utf8))
    }

    @Test("refuses a path that could leave the root", arguments: ["/etc/passwd", "../x", "a/../b", "a/..", "..", ".", "./a", "a//b", "a/", "/"])
    func unsafe(path: String) {
        var archive = HandmadeArchive()
        archive.add(path, mode: 0o100644)
        archive.end()
        #expect(throws: PayloadArchive.Violation.unsafePath(path)) { try Self.read(archive.bytes) }
    }

    @Test("refuses a name with a zero byte inside, without one at its end, or without end")
    func names() {
        var inner = HandmadeArchive()
        inner.add("a\0b", mode: 0o100644)
        #expect(throws: PayloadArchive.Violation.badHeader) { try Self.read(inner.bytes) }
        var long = HandmadeArchive()
        long.add(String(repeating: "a", count: 5000), mode: 0o100644)
        #expect(throws: PayloadArchive.Violation.badHeader) { try Self.read(long.bytes) }
        var component = HandmadeArchive()
        component.add(String(repeating: "a", count: 256), mode: 0o100644)
        #expect(throws: PayloadArchive.Violation.unsafePath(String(repeating: "a", count: 256))) { try Self.read(component.bytes) }
    }

    @Test("refuses devices, sockets and pipes", arguments: [0o020644, 0o060644, 0o010644, 0o140644, 0o000644])
    func devices(mode: Int) {
        var archive = HandmadeArchive()
        archive.add("thing", mode: mode)
        #expect(throws: PayloadArchive.Violation.unsupportedKind(path: "thing", mode: UInt32(mode))) { try Self.read(archive.bytes) }
    }

    @Test("refuses more than the guest can hold before reading it")
    func tooLarge() {
        var archive = HandmadeArchive()
        archive.add("huge", mode: 0o100644, size: 0xFFFF_FFFF)
        #expect(throws: PayloadArchive.Violation.tooLarge) { try Self.read(archive.bytes) }
    }

    @Test("refuses more entries than anybody packs")
    func tooMany() {
        var archive = HandmadeArchive()
        for index in 0...PayloadArchive.maximumEntries { archive.add("f\(index)", mode: 0o100644) }
        archive.end()
        #expect(throws: PayloadArchive.Violation.tooManyEntries) { try Self.read(archive.bytes) }
    }

    @Test("refuses an archive cut off anywhere")
    func truncated() {
        let bytes = Self.good.bytes
        for length in 0..<(bytes.count - 1) {
            #expect(throws: PayloadArchive.Violation.truncated) { try Self.read(Array(bytes.prefix(length))) }
        }
    }

    @Test("refuses other formats and garbage", arguments: ["070702", "070707", "junk!!"])
    func otherFormats(magic: String) {
        var archive = HandmadeArchive()
        archive.add("a", mode: 0o100644, magic: magic)
        #expect(throws: PayloadArchive.Violation.badMagic) { try Self.read(archive.bytes) }
    }

    @Test("refuses headers with digits that are none")
    func digits() {
        var bytes = Self.good.bytes
        bytes[20] = UInt8(ascii: "x")
        #expect(throws: PayloadArchive.Violation.badHeader) { try Self.read(bytes) }
    }

    @Test("says when the disk fails")
    func failingDisk() {
        var archive = PayloadArchive { _ throws(PayloadArchive.Violation) in throw .unreadable(5) }
        #expect(throws: PayloadArchive.Violation.unreadable(5)) { try archive.next() }
    }

    @Test("never does worse than refuse on damaged archives", arguments: fuzzSeeds(1))
    func fuzz(seed: UInt64) {
        for bytes in DamagedSamples(of: [Self.good.bytes], seed: seed, count: 3000) {
            guard let found = try? Self.read(bytes) else { continue }
            for (entry, _) in found { #expect(!entry.path.isEmpty && !entry.path.contains { $0.isEmpty || $0 == "." || $0 == ".." || $0.contains("/") }) }
        }
    }
}
