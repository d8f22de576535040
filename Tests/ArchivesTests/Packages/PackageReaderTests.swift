import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import Archives

@Suite("A package's content")
struct PackageReaderTests {
    /// What a script wrote to its standard output, in a folder of its own.
    static func output(_ script: String) async throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-ec", script], workingDirectory: folder.path, output: .bytes(limit: 64 << 20), error: .string(limit: 64 << 10))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        return result.standardOutput
    }

    private static let largest = 256 << 20
    private static func tar(_ archive: [UInt8]) throws -> [PackageMember] { try TarReader.members(of: archive, largest: largest) }
    private static func cpio(_ archive: [UInt8]) throws -> [PackageMember] { try CpioReader.members(of: archive, largest: largest) }

    private static let longName = (0..<20).map { "folder-\($0)" }.joined(separator: "/") + "/file"
    static let tree = "mkdir -p tree/\(longName)-of; echo deep > tree/\(longName); echo short > tree/b; ln -s /etc/passwd tree/link; cd tree; "

    @Test("is read in every form that packages have", arguments: ["gnu", "ustar", "pax", "newc", "crc"])
    func forms(form: String) async throws {
        let isTar = !["newc", "crc"].contains(form)
        let archive = try await Self.output(
            Self.tree + (isTar ? "tar --format=\(form) -cf - ." : "find . | cpio --quiet -o -H \(form)"))
        let members = isTar ? try Self.tar(archive) : try Self.cpio(archive)
        func find(_ path: String) -> PackageMember? { members.first { $0.path == path } }
        #expect(find("b").map { Array(archive[$0.content]) } == Array("short\n".utf8))
        #expect(find(Self.longName).map { Array(archive[$0.content]) } == Array("deep\n".utf8))
        #expect(find("link")?.kind == .link)
        #expect(find("link")?.content.isEmpty == true)
        #expect(find("folder-0")?.kind == .folder)
    }

    @Test("is read under every name it has, though an RPM carries it once")
    func sharedContent() async throws {
        let archive = try await Self.output("echo same > a; ln a b; ln a c; printf 'a\\nb\\nc\\n' | cpio --quiet -o -H newc")
        let members = try Self.cpio(archive)
        #expect(members.map(\.path).sorted() == ["a", "b", "c"])
        for member in members { #expect(Array(archive[member.content]) == Array("same\n".utf8), "\(member.path)") }
    }

    @Test(
        "that leads out of it, or is a device or a pipe, is refused with its name",
        arguments: [
            ("echo x > a; tar -P --transform 's,a,../../etc/a,' -cf - a", "../../etc/a"), ("echo x > a; tar -P --transform 's,a,/etc/a,' -cf - a", "/etc/a"),
            ("echo x > a; tar -P --transform 's,a,usr/../../a,' -cf - a", "usr/../../a"), ("mkfifo pipe; tar -cf - pipe", "pipe"),
            ("tar -P -cf - /dev/null 2>/dev/null", "/dev/null"), ("tar -C /dev -cf - null", "null"),
        ])
    func unsafe(script: String, name: String) async throws {
        let archive = try await Self.output(script)
        #expect { try Self.tar(archive) } throws: { error in
            guard case .unsafe(let reason)? = error as? PackageStreamError else { return false }
            return reason.contains(name)
        }
    }

    @Test(
        "an RPM's too",
        arguments: [
            ("mkfifo pipe; echo pipe", "pipe"), ("mkdir -p a/b; echo x > c; cd a/b; echo ../../c", "../../c"), ("echo /etc/passwd", "/etc/passwd"),
        ])
    func unsafeCpio(script: String, name: String) async throws {
        let archive = try await Self.output("\(script) | cpio --quiet -o -H newc")
        #expect { try Self.cpio(archive) } throws: { error in
            guard case .unsafe(let reason)? = error as? PackageStreamError else { return false }
            return reason.contains(name)
        }
    }

    @Test("a member that says it is huge is refused before it is read")
    func huge() throws {
        // The header of newc (cpio(5)) with a size of 300 MiB and a name of one letter; nothing follows.
        var cpio = Array("070701".utf8)
        let fields = [1, 0o100644, 0, 0, 1, 0, 300 << 20, 0, 0, 0, 0, 2, 0]
        for field in fields {
            let digits = String(field, radix: 16)
            cpio += Array((String(repeating: "0", count: 8 - digits.count) + digits).utf8)
        }
        cpio += [0x61, 0]
        #expect(throws: PackageStreamError.tooLarge("a member of \(300 << 20) bytes")) { try Self.cpio(cpio) }
    }

    @Test("damaged in any way is refused or read, and never more than that")
    func damage() async throws {
        let tar = try await Self.output(Self.tree + "tar --format=pax -cf - .")
        let cpio = try await Self.output(Self.tree + "find . | cpio --quiet -o -H newc")
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<300 {
            for (archive, read) in [(tar, Self.tar), (cpio, Self.cpio)] {
                var damaged = archive
                for _ in 0...next(8) { damaged[next(damaged.count)] = UInt8(next(256)) }
                if next(3) == 0 { damaged.removeLast(next(damaged.count)) }
                for member in (try? read(damaged)) ?? [] { #expect(!member.path.split(separator: "/").contains("..")) }
            }
        }
        for length in 0..<2_000 {
            _ = try? Self.tar(Array(tar.prefix(length)))
            _ = try? Self.cpio(Array(cpio.prefix(length)))
        }
        #expect(throws: PackageStreamError.self) { try Self.tar(Array(tar.prefix(1_000))) }
        #expect(throws: PackageStreamError.self) { try Self.cpio([]) }
    }
}
