import ELFFiles
import Foundation
import Subprocess
import SystemPackage
import Testing

@testable import GuestImages

@Suite("A kernel image")
struct KernelImageTests {
    @Suite("that is none is refused with what it is")
    struct Refused {
        private static let banner = Array("Linux version 6.1.0-test (x)".utf8)

        @Test(
            "by its content",
            arguments: [
                ([], "an empty file"), (Array("hello".utf8), "an unknown file of 5 bytes"),
                ([UInt8](repeating: 0, count: 4096), "an unknown file of 4096 bytes"),
                (HandmadeELF.file(type: 3), "an ELF shared library"), (HandmadeELF.file(type: 2), "an ELF program"),
                (HandmadeELF.file(type: 1), "an ELF object file"), (HandmadeELF.file(type: 2, machine: 183, tail: banner), "machine 183"),
                (Array(HandmadeELF.file(type: 2).prefix(40)), "truncated"), ([0x1F, 0x8B, 0x08, 0], "a gzip archive"),
                ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "an xz archive"), (Array("!<arch>\n".utf8), "a Debian package"),
                (Array("070701".utf8), "a cpio archive"), (Array(HandmadeELF.bzImage(payload: [1, 2, 3]).dropLast(2)), "damaged or truncated"),
                (Array(HandmadeELF.bzImage(payload: [1]).prefix(0x210)), "damaged or truncated"),
            ] as [([UInt8], String)])
        func content(bytes: [UInt8], found: String) async throws {
            try await withScratch { scratch in
                let path = try scratch.file("vmlinuz", bytes)
                let error = try await code { _ = try await scratch.builder().kernel(image: path) }
                #expect(error?.code == .notAKernel)
                #expect(error?.path == path)
                #expect(error?.found.contains(found) == true, "\(error?.found ?? "no error")")
            }
        }

        @Test("when it cannot be read")
        func unreadable() async throws {
            try await withScratch { scratch in
                for path in [scratch.root.appending("none"), scratch.root] {
                    try await expectError(.unreadable) { _ = try await scratch.builder().kernel(image: path) }
                }
            }
        }

        @Test("when it is uncompressed and has no PVH entry")
        func noEntry() async throws {
            try await withScratch { scratch in
                let path = try scratch.file("vmlinux", HandmadeELF.file(type: 2, note: HandmadeELF.otherNote, tail: Self.banner))
                try await expectError(.kernelWithoutEntry) { _ = try await scratch.builder().kernel(image: path) }
            }
        }

        @Test("whatever the bytes are")
        func fuzz() async throws {
            try await withScratch { scratch in
                var generator = SystemRandomNumberGenerator()
                let good = HandmadeELF.file(type: 2, note: HandmadeELF.pvhNote, modinfo: [1, 2], tail: Self.banner)
                for _ in 0..<2_000 {
                    var bytes = Bool.random(using: &generator) ? good : HandmadeELF.bzImage(payload: good)
                    for _ in 0..<8 { bytes[Int.random(in: 0..<min(bytes.count, 700), using: &generator)] = .random(in: .min ... .max, using: &generator) }
                    // Neither of these may trap.
                    _ = BootHeader(bytes)
                    _ = ELFImage(bytes).map { ($0.hasPVHEntry, $0.section(named: ".modinfo")?.count) }
                }
            }
        }
    }

    @Suite("is recognised")
    struct Recognised {
        @Test("uncompressed, with its release")
        func uncompressed() async throws {
            try await withScratch { scratch in
                let path = try scratch.file(
                    "vmlinux",
                    HandmadeELF.file(type: 2, note: HandmadeELF.otherNote + HandmadeELF.pvhNote, tail: Array("..Linux LLinux version 6.9.1-x (y)".utf8)))
                let kernel = try await scratch.builder().kernel(image: path)
                #expect(kernel == BootableKernel(image: .elf(path), release: "6.9.1-x"))
            }
        }

        @Test("compressed, and extracted once", arguments: ["gzip", "xz", "zstd"])
        func compressed(tool: String) async throws {
            try await withScratch { scratch in
                let elf = HandmadeELF.file(type: 2, note: HandmadeELF.pvhNote)
                let packed = try await run(.name(tool), arguments: ["-c"], input: .array(elf), output: .bytes(limit: 1 << 20)).standardOutput
                // The kernel's build appends the size to every format but gzip's.
                let path = try scratch.file("vmlinuz", HandmadeELF.bzImage(payload: packed + (tool == "gzip" ? [] : [9, 9, 9, 9])))
                let builder = try scratch.builder()
                let kernels = try await withThrowingTaskGroup { group in
                    for _ in 0..<8 { group.addTask { try await builder.kernel(image: path) } }
                    return try await group.reduce(into: Set<BootableKernel>()) { $0.insert($1) }
                }
                #expect(kernels.count == 1)
                let kernel = try #require(kernels.first)
                #expect(kernel.release == "6.1.0-test")
                guard case .elf(let extracted) = kernel.image else {
                    Issue.record("\(kernel.image)")
                    return
                }
                #expect(try Scratch.bytes(extracted) == elf)
            }
        }

        @Test("and booted as it came where it cannot be extracted, with the reason")
        func asItCame() async throws {
            try await withScratch { scratch in
                let plain = HandmadeELF.file(type: 2, note: HandmadeELF.otherNote)
                let packed = try await run(.name("gzip"), arguments: ["-c"], input: .array(plain), output: .bytes(limit: 1 << 20)).standardOutput
                let cases: [([UInt8], UInt16)] = [([1, 2, 3, 4], 0x020F), ([1, 2, 3, 4], 0x0207), (packed, 0x020F), (Array(packed.prefix(40)), 0x020F)]
                var reasons: [BootableKernel.CompressedReason] = []
                for (index, (payload, version)) in cases.enumerated() {
                    let path = try scratch.file("vmlinuz\(index)", HandmadeELF.bzImage(payload: payload, version: version))
                    // Twice: the answer is remembered and stays the same.
                    let first = try await scratch.builder().kernel(image: path)
                    #expect(try await scratch.builder().kernel(image: path) == first)
                    guard case .bzImage(path, let reason) = first.image else {
                        Issue.record("\(first.image)")
                        continue
                    }
                    reasons.append(reason)
                }
                #expect(reasons.prefix(3) == [.unknownCompression, .oldProtocol, .noPVHEntry])
                guard case .decompressionFailed = reasons.last else {
                    Issue.record("\(reasons)")
                    return
                }
            }
        }
    }
}
