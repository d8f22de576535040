import Foundation
import Subprocess
import SystemPackage
import Testing

@testable import GuestImages

@Suite("CpioArchive")
struct CpioArchiveTests {
    private static func entry(_ path: String, _ text: String = "") -> CpioArchive.Entry {
        .init(path: path, content: .file(.bytes(Array(text.utf8))), mode: 0o644)
    }

    @Test("sorts, adds missing folders and writes the same bytes for the same entries")
    func deterministic() async throws {
        try await withScratch { scratch in
            let entries = [Self.entry("usr/b", "2"), Self.entry("usr/a", "1"), Self.entry("z")]
            let archive = try CpioArchive(entries)
            #expect(archive.entries.map(\.path) == ["usr", "usr/a", "usr/b", "z"])
            try archive.write(to: scratch.root.appending("one"))
            try CpioArchive(entries.reversed()).write(to: scratch.root.appending("two"))
            #expect(try Scratch.bytes(scratch.root.appending("one")) == Scratch.bytes(scratch.root.appending("two")))
        }
    }

    @Test("is what cpio reads", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/cpio")))
    func cpioReads() async throws {
        try await withScratch { scratch in
            let large = try scratch.file("large", (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0) })
            let archive = try CpioArchive([
                .init(path: "init", content: .file(.file(large)), mode: 0o755), .init(path: "bin", content: .symlink(target: "usr/bin"), mode: 0o777),
                .init(path: "dev/console", content: .characterDevice(major: 5, minor: 1), mode: 0o600), Self.entry("etc/odd name", "x"),
                Self.entry("empty"),
            ])
            let path = scratch.root.appending("archive")
            try archive.write(to: path, alignment: 512)
            #expect(try Scratch.bytes(path).count % 512 == 0)
            let input = try FileDescriptor.open(path, .readOnly)
            let result = try await run(
                .path("/usr/bin/cpio"), arguments: ["-tv", "--quiet"], environment: .inherit.updating(["TZ": "UTC", "LC_ALL": "C"]),
                input: .fileDescriptor(input, closeAfterSpawningProcess: true), output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
            #expect(result.terminationStatus.isSuccess)
            let lines = (result.standardOutput).split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ") }
            #expect(
                lines == [
                    "lrwxrwxrwx 1 root root 7 Jan 1 1970 bin -> usr/bin", "drwxr-xr-x 1 root root 0 Jan 1 1970 dev",
                    "crw------- 1 root root 5, 1 Jan 1 1970 dev/console", "-rw-r--r-- 1 root root 0 Jan 1 1970 empty",
                    "drwxr-xr-x 1 root root 0 Jan 1 1970 etc", "-rw-r--r-- 1 root root 1 Jan 1 1970 etc/odd name",
                    "-rwxr-xr-x 1 root root 3000001 Jan 1 1970 init",
                ])
        }
    }

    @Test("refuses paths that could climb, and one path twice", arguments: ["/a", "../a", "a/../b", "a//b", "a/", ".", "", "TRAILER!!!", "a\0b"])
    func badPaths(path: String) async throws {
        try await expectError(.invalidPath) { _ = try CpioArchive([Self.entry(path)]) }
        try await expectError(.invalidPath) { _ = try CpioArchive([Self.entry("x"), Self.entry("x")]) }
        try await expectError(.invalidPath) { _ = try CpioArchive([Self.entry("x"), Self.entry("x/y")]) }
    }

    @Test("names a source that cannot be read")
    func unreadable() async throws {
        try await withScratch { scratch in
            for source in [scratch.root.appending("none"), scratch.root] {
                let archive = try CpioArchive([.init(path: "a", content: .file(.file(source)), mode: 0o644)])
                let error = try await code { try archive.write(to: scratch.root.appending("out")) }
                #expect(error?.code == .unreadable)
                #expect(error?.path == source)
            }
        }
    }
}
