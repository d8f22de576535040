import Foundation
import Glibc
import GuestProtocol
import SystemPackage
import TestSupport
import Testing

@testable import GuestRunner

@Suite("Settling words in a log")
struct LogWatchTests {
    static func append(_ text: String, to path: String) throws { try append(Array(text.utf8), to: path) }

    static func append(_ bytes: [UInt8], to path: String) throws {
        let raw = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        try #require(raw >= 0)
        try Descriptor(owning: raw).write(bytes)
    }

    /// What expectations can ask: a value that changes with each look cannot be.
    final class Watch {
        private var log: LogWatch
        init(_ words: [SettlingWords]) { log = LogWatch(words) }
        func hasSettled() -> Bool { log.hasSettled() }
    }

    static func watch(_ path: String, _ text: String = "gave up", lines: UInt32 = 1) -> Watch {
        Watch([SettlingWords(path: path, text: text, lines: lines)])
    }

    @Test("count from the moment the watch began, line by line")
    func counts() throws {
        try TemporaryFolder.during { folder in
            let path = "\(folder)/log"
            try Self.append("it gave up\nit gave up\n", to: path)
            let watch = Self.watch(path, lines: 2)
            #expect(!watch.hasSettled())
            try Self.append("it gave up\n", to: path)
            #expect(!watch.hasSettled())
            // Nothing new is nothing to count.
            #expect(!watch.hasSettled())
            try Self.append("all is well\nit gave up", to: path)
            #expect(watch.hasSettled())
            #expect(watch.hasSettled())
        }
    }

    @Test("count in a log that comes later, and in one of several")
    func later() throws {
        try TemporaryFolder.during { folder in
            let (one, other) = ("\(folder)/one", "\(folder)/other")
            let watch = Watch([SettlingWords(path: one, text: "never said", lines: 1), SettlingWords(path: other, text: "gave up", lines: 1)])
            #expect(!watch.hasSettled())
            try Self.append("gave up\n", to: one)
            #expect(!watch.hasSettled())
            try Self.append("gave up\n", to: other)
            #expect(watch.hasSettled())
        }
    }

    @Test("count when the line is written piece by piece")
    func pieces() throws {
        try TemporaryFolder.during { folder in
            let path = "\(folder)/log"
            let watch = Self.watch(path, lines: 2)
            for piece in ["x gav", "e u", "p y", " gave up\n", "g", "ave up"] {
                #expect(!watch.hasSettled())
                try Self.append(piece, to: path)
            }
            #expect(watch.hasSettled())
        }
    }

    @Test("count once in a line, however often a stranger repeats them in it")
    func forged() throws {
        try TemporaryFolder.during { folder in
            let path = "\(folder)/log"
            let watch = Self.watch(path, lines: 3)
            try Self.append("GET /" + String(repeating: "gave up ", count: 20_000) + "\n", to: path)
            #expect(!watch.hasSettled())
            try Self.append("gave up\n", to: path)
            #expect(!watch.hasSettled())
            try Self.append("gave up\n", to: path)
            #expect(watch.hasSettled())
        }
    }

    @Test("go on counting in a log that was rolled or cut")
    func rolled() throws {
        try TemporaryFolder.during { folder in
            let path = "\(folder)/log"
            try Self.append("an old line that is long\n", to: path)
            let watch = Self.watch(path, lines: 3)
            try Self.append("gave up\n", to: path)
            #expect(!watch.hasSettled())
            #expect(rename(path, path + ".1") == 0)
            try Self.append("gave up\n", to: path)
            #expect(!watch.hasSettled())
            #expect(truncate(path, 0) == 0)
            #expect(!watch.hasSettled())
            try Self.append("gave up\n", to: path)
            #expect(watch.hasSettled())
        }
    }

    @Test("are found in noise, and are not in bytes that only look like them")
    func noise() throws {
        try TemporaryFolder.during { folder in
            let path = "\(folder)/log"
            let watch = Self.watch(path)
            var noise = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
            noise += Array("gave\0up GAVE UP gave  up".utf8)
            try Self.append(noise, to: path)
            #expect(!watch.hasSettled())
            try Self.append([0x0A, 0xFF, 0x00] + Array("gave up".utf8) + [0xFF], to: path)
            #expect(watch.hasSettled())
        }
    }

    @Test("of a log of 100 MB only so much is read, in bounded looks")
    func flood() throws {
        try TemporaryFolder.during { folder in
            let path = "\(folder)/log"
            let watch = Self.watch(path)
            try Self.append("start\n", to: path)
            // Sparse: zeros to read, nothing on the disk.
            #expect(truncate(path, 100 << 20) == 0)
            try Self.append("\ngave up\n", to: path)
            var looks = 0
            while looks < 40, !watch.hasSettled() { looks += 1 }
            #expect(looks == 40, "what lies beyond the limit is not read")
            // A limit that fits lets it be found.
            let second = Self.watch("\(folder)/small")
            try Self.append([UInt8](repeating: 0, count: 5 << 20) + Array("gave up".utf8), to: "\(folder)/small")
            #expect(!second.hasSettled(), "one look reads a part")
            #expect(second.hasSettled())
        }
    }

    @Test("are not sought in what is no regular file")
    func notFiles() throws {
        try TemporaryFolder.during { folder in
            #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
            try Self.append("gave up\n", to: "\(folder)/log")
            #expect(symlink("\(folder)/log", "\(folder)/link") == 0)
            for path in ["\(folder)/pipe", "\(folder)/link", folder.string, "\(folder)/nothing"] {
                let watch = Self.watch(path)
                #expect(!watch.hasSettled())
            }
        }
    }
}

@Suite("A file's version")
struct FileVersionTests {
    @Test("is another one when the file was written again, and the same when it was not")
    func rewritten() throws {
        try TemporaryFolder.during { folder in
            let path = "\(folder)/status.json"
            #expect(FileVersion(path) == nil)
            try SmallFile.write(Array("one".utf8), to: path)
            let first = try #require(FileVersion(path))
            #expect(FileVersion(path) == first)
            // As agents do: beside it, then renamed. The same size and content are another version.
            try SmallFile.write(Array("one".utf8), to: path + ".tmp")
            #expect(rename(path + ".tmp", path) == 0)
            #expect(FileVersion(path) != first)
            #expect(FileVersion(folder.string) == nil)
        }
    }
}
