import ArtefactCache
import Foundation
import SystemPackage
import Testing

@testable import GuestImages

@Suite("GuestImageBuilder")
struct GuestImageBuilderTests {
    private static func modules(_ scratch: Scratch) throws -> FilePath {
        for name in ["virtio_pci", "virtio_blk", "virtio_net"] { try scratch.file("lib/kernel/\(name).ko", HandmadeELF.module(depends: "virtio")) }
        try scratch.file("lib/kernel/virtio.ko", HandmadeELF.module(depends: ""))
        try scratch.file("lib/modules.builtin", Array("kernel/drivers/char/virtio_console.ko\n".utf8))
        return scratch.root.appending("lib")
    }

    private static func contains(_ text: String, _ bytes: [UInt8]) -> Bool { Data(bytes).range(of: Data(text.utf8)) != nil }

    @Suite("stage 0")
    struct Stage0 {
        @Test("holds runner, modules in order and the console")
        func holds() async throws {
            try await withScratch { scratch in
                let image = try await scratch.builder().stage0(release: "6.1.0", modules: GuestImageBuilderTests.modules(scratch))
                let bytes = try Scratch.bytes(image)
                let order = ["virtio", "virtio_pci", "virtio_blk", "virtio_net"].map { "/modules/\($0).ko\n" }.joined()
                for text in ["#!runner", "dev/console", order] { #expect(GuestImageBuilderTests.contains(text, bytes)) }
            }
        }

        @Test("changes with the runner, the release and the modules, and with nothing else")
        func key() async throws {
            try await withScratch { scratch in
                let modules = try GuestImageBuilderTests.modules(scratch)
                let first = try await scratch.builder().stage0(release: "6.1.0", modules: modules)
                #expect(try await scratch.builder().stage0(release: "6.1.0", modules: modules) == first)
                #expect(try await scratch.builder().stage0(release: "6.1.1", modules: modules) != first)
                let other = GuestImageBuilder(cache: scratch.cache, runner: try scratch.file("other", [1]))
                #expect(try await other.stage0(release: "6.1.0", modules: modules) != first)
                try scratch.file("lib/kernel/virtio_blk.ko", HandmadeELF.module(depends: "virtio") + [0])
                #expect(try await scratch.builder().stage0(release: "6.1.0", modules: modules) != first)
            }
        }

        @Test("is refused when the guest could not be reached")
        func missing() async throws {
            try await withScratch { scratch in
                let modules = try GuestImageBuilderTests.modules(scratch)
                try FileManager.default.removeItem(atPath: modules.appending("modules.builtin").string)
                let error = try await code { _ = try await scratch.builder().stage0(release: "6.1.0", modules: modules) }
                #expect(error?.code == .missingModules)
                #expect(error?.found == "virtio_console")
            }
        }

        @Test("takes the modules of a root's file system as well, where the kernel has them as modules")
        func fileSystems() async throws {
            try await withScratch { scratch in
                let modules = try GuestImageBuilderTests.modules(scratch)
                try scratch.file("lib/kernel/xfs.ko", HandmadeELF.module(depends: "libcrc32c"))
                try scratch.file("lib/kernel/libcrc32c.ko", HandmadeELF.module(depends: ""))
                let builder = try scratch.builder()
                let plain = try await builder.stage0(release: "6.1.0", modules: modules)
                let image = try await builder.stage0(release: "6.1.0", modules: modules, fileSystems: ["btrfs", "xfs"])
                #expect(image != plain)
                #expect(GuestImageBuilderTests.contains("/modules/libcrc32c.ko\n/modules/xfs.ko\n", try Scratch.bytes(image)))
                #expect(!GuestImageBuilderTests.contains("xfs", try Scratch.bytes(plain)))
            }
        }

        @Test("needs no modules folder")
        func plain() async throws {
            try await withScratch { scratch in
                let bytes = try Scratch.bytes(try await scratch.builder().stage0(release: "6.1.0", modules: nil))
                #expect(GuestImageBuilderTests.contains("modules.load", bytes))
                #expect(!GuestImageBuilderTests.contains(".ko", bytes))
            }
        }

        @Test("names a runner that is not there")
        func noRunner() async throws {
            try await withScratch { scratch in
                let builder = GuestImageBuilder(cache: scratch.cache, runner: scratch.root.appending("none"))
                let error = try await code { _ = try await builder.stage0(release: "6.1.0", modules: nil) }
                #expect(error?.code == .unreadable)
                #expect(error?.path == builder.runner)
            }
        }
    }

    @Suite("a payload")
    struct Payload {
        private func spec(_ scratch: Scratch, agent: String = "#!agent") throws -> PayloadSpec {
            PayloadSpec([
                .init(path: "usr/sbin/agent", source: .file(try scratch.file("agent", Array(agent.utf8))), mode: 0o755),
                .init(path: "etc/config.json", source: .bytes(Array("{}".utf8))),
            ])
        }

        @Test("is the same for the same content, wherever it comes from and in whatever order")
        func deterministic() async throws {
            try await withScratch { scratch in
                let first = try await scratch.builder().payload(spec(scratch))
                let reordered = PayloadSpec(try spec(scratch).items.reversed())
                #expect(try await scratch.builder().payload(reordered) == first)
                let inBytes = PayloadSpec([.init(path: "usr/sbin/agent", source: .bytes(Array("#!agent".utf8)), mode: 0o755), try spec(scratch).items[1]])
                #expect(try await scratch.builder().payload(inBytes) == first)
                let elsewhere = GuestImageBuilder(cache: ArtefactCache(root: scratch.root.appending("other-cache")), runner: first)
                #expect(try Scratch.bytes(try await elsewhere.payload(spec(scratch))) == Scratch.bytes(first))
                #expect(try Scratch.bytes(first).count % 512 == 0)
            }
        }

        @Test("changes with content, mode and path")
        func changes() async throws {
            try await withScratch { scratch in
                let builder = try scratch.builder()
                var disks: Set<FilePath> = [try await builder.payload(spec(scratch)), try await builder.payload(spec(scratch, agent: "#!other"))]
                for item in [
                    PayloadSpec.Item(path: "a", source: .bytes([1])), .init(path: "b", source: .bytes([1])), .init(path: "a", source: .bytes([1]), mode: 0o600),
                ] {
                    disks.insert(try await builder.payload(PayloadSpec([item])))
                }
                #expect(disks.count == 5)
            }
        }

        @Test("is built once when many ask at once")
        func concurrent() async throws {
            try await withScratch { scratch in
                let builder = try scratch.builder()
                let spec = PayloadSpec([.init(path: "large", source: .bytes([UInt8](repeating: 5, count: 2_000_000)))])
                let disks = try await withThrowingTaskGroup { group in
                    for _ in 0..<16 { group.addTask { try await builder.payload(spec) } }
                    return try await group.reduce(into: Set<FilePath>()) { $0.insert($1) }
                }
                #expect(disks.count == 1)
                #expect(try Scratch.bytes(try #require(disks.first)).count > 2_000_000)
            }
        }

        @Test("names the file that is not there, and leaves nothing behind")
        func missing() async throws {
            try await withScratch { scratch in
                let gone = scratch.root.appending("gone")
                let error = try await code { _ = try await scratch.builder().payload(PayloadSpec([.init(path: "a", source: .file(gone))])) }
                #expect(error?.code == .unreadable)
                #expect(error?.path == gone)
                #expect(error?.description.contains(gone.string) == true)
            }
        }

        @Test("says that the cache cannot be written")
        func unwritable() async throws {
            try await withScratch { scratch in
                let inTheWay = try scratch.file("cache", [])
                let builder = GuestImageBuilder(cache: ArtefactCache(root: inTheWay), runner: inTheWay)
                await #expect(throws: CacheError.self) { try await builder.payload(PayloadSpec([.init(path: "a", source: .bytes([1]))])) }
            }
        }
    }
}
