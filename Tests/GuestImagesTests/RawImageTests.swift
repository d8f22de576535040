import ArtefactCache
import Foundation
import MatrixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import GuestImages

@Suite("A raw kernel image")
struct RawImageTests {
    private func builder(_ scratch: Scratch, _ architecture: Architecture) throws -> GuestImageBuilder {
        GuestImageBuilder(cache: scratch.cache, runner: try scratch.file("guest-runner", Array("#!runner".utf8)), architecture: architecture)
    }

    @Test("is booted as it comes, with its release")
    func plain() async throws {
        try await withScratch { scratch in
            let path = try scratch.file("vmlinuz", HandmadeELF.rawImage())
            let kernel = try await builder(scratch, .arm64).kernel(image: path)
            #expect(kernel == BootableKernel(image: .raw(path, pageSize: 4), release: "6.1.0-test", build: "#1 SMP"))
        }
    }

    @Test("is unpacked once, whether packed as a whole or by itself", arguments: ["gzip", "zstd"])
    func packed(tool: String) async throws {
        try await withScratch { scratch in
            let raw = HandmadeELF.rawImage()
            let packed = try await run(.name(tool), arguments: ["-c"], input: .array(raw), output: .bytes(limit: 1 << 20)).standardOutput
            for (name, bytes) in [("whole", packed), ("own", HandmadeELF.selfUnpacking(payload: packed))] {
                let kernel = try await builder(scratch, .arm64).kernel(image: try scratch.file(name, bytes))
                #expect(kernel.release == "6.1.0-test")
                guard case .raw(let image, 4) = kernel.image else {
                    Issue.record("\(kernel.image)")
                    continue
                }
                #expect(try Scratch.bytes(image) == raw && image.starts(with: scratch.cache.root))
            }
        }
    }

    @Test("says how large its pages are", arguments: [4, 16, 64, 8])
    func pages(size: Int) throws {
        let header = try #require(RawImageHeader(HandmadeELF.rawImage(pageSize: size)))
        #expect(header.pageSize == (size == 8 ? nil : size))
    }

    @Test("is refused by guests of another architecture, and theirs by its own")
    func otherArchitecture() async throws {
        try await withScratch { scratch in
            let elf = HandmadeELF.file(type: 2, note: HandmadeELF.pvhNote, tail: Array("Linux version 6.9.1-x (y)".utf8))
            let cases: [(Architecture, [UInt8], String)] = [
                (.x86_64, HandmadeELF.rawImage(), "arm64 kernel"), (.arm64, HandmadeELF.bzImage(payload: elf), "x86-64 kernel"), (.arm64, elf, "x86-64 kernel"),
                (.x86_64, HandmadeELF.selfUnpacking(payload: [1, 2, 3]), "arm64 kernel"),
            ]
            for (index, (architecture, bytes, words)) in cases.enumerated() {
                let path = try scratch.file("kernel\(index)", bytes)
                let error = try await code { _ = try await builder(scratch, architecture).kernel(image: path) }
                #expect(error?.code == .otherArchitecture)
                #expect(error?.description.contains(words) == true && error?.description.contains("--arch") == true, "\(error?.description ?? "none")")
            }
        }
    }

    @Test(
        "is refused when it is none, with what it is",
        arguments: [
            (Array("hello".utf8), "an unknown file of 5 bytes"), (HandmadeELF.file(type: 2), "another processor (machine 62)"), ([0x1F, 0x8B, 0x08, 0], nil),
            (Array(HandmadeELF.rawImage().prefix(50)), "an unknown file of 50 bytes"), (HandmadeELF.rawImage(banner: "nothing"), "without a version"),
        ] as [([UInt8], String?)])
    func none(bytes: [UInt8], found: String?) async throws {
        try await withScratch { scratch in
            let path = try scratch.file("vmlinuz", bytes)
            let error = try await code { _ = try await builder(scratch, .arm64).kernel(image: path) }
            // What is packed and damaged is the unpacking tool's to say.
            #expect(error?.code == (found == nil ? .toolFailed : .notAKernel))
            if let found { #expect(error?.found.contains(found) == true && error?.description.contains("arm64 Image") == true, "\(error?.description ?? "")") }
        }
    }
}

@Suite("Programs of another architecture")
struct ForeignProgramTests {
    @Test(
        "run where the kernel has an interpreter for them that is found from within any root",
        arguments: [
            ("enabled\ninterpreter /usr/bin/qemu\nflags: OCF\noffset 0\n", true), ("enabled\ninterpreter /usr/bin/qemu\nflags: \noffset 0\n", false),
            ("disabled\ninterpreter /usr/bin/qemu\nflags: F\n", false), (nil, false),
        ])
    func registered(entry: String?, runs: Bool) throws {
        let folder = try TemporaryFolder()
        let other = try #require(Architecture.allCases.first { $0 != .host })
        if let entry { try Data(entry.utf8).write(to: URL(filePath: folder.path.appending("qemu-\(other.machine)").string)) }
        #expect(ForeignPrograms.run(other, registrations: folder.path) == runs)
        #expect(ForeignPrograms.run(.host, registrations: folder.path))
    }

    @Test("are part of an image's key, and an image from before there were several keeps its own")
    func keys() {
        let recipes = Architecture.allCases.map { RootImageRecipe(suite: "mine", further: [], packages: ["systemd"], architecture: $0) }
        #expect(Set(recipes.map(\.key)).count == recipes.count)
        #expect(
            RootImageRecipe(suite: "mine", further: [], packages: ["systemd"], architecture: .unnamed).key
                == "14b280e9f675456c26abb799d09211aa7c250882926d907ce11cea33845046a6")
    }
}
