import Foundation
import Subprocess
import SystemPackage
import Testing

@testable import GuestImages

@Suite("ModuleSet")
struct ModuleSetTests {
    @Test("puts every module after those it needs, whatever they are packed in")
    func order() async throws {
        try await withScratch { scratch in
            try scratch.file("lib/kernel/drivers/net/virtio_net.ko", HandmadeELF.module(depends: "net-failover,virtio_ring"))
            let packed = try await run(.name("xz"), arguments: ["-c"], input: .array(HandmadeELF.module(depends: "failover")), output: .bytes(limit: 1 << 20))
            try scratch.file("lib/kernel/net/net_failover.ko.xz", packed.standardOutput)
            let zstd = try await run(.name("zstd"), arguments: ["-c"], input: .array(HandmadeELF.module(depends: "")), output: .bytes(limit: 1 << 20))
            try scratch.file("lib/kernel/net/failover.ko.zst", zstd.standardOutput)
            try scratch.file("lib/updates/virtio-ring.ko", HandmadeELF.module(depends: ""))
            try scratch.file("lib/modules.builtin", Array("kernel/drivers/virtio/virtio_pci.ko\n".utf8))
            let set = try await ModuleSet.resolve(["virtio_net", "virtio-pci", "virtio_ring", "no_such"], in: scratch.root.appending("lib"))
            #expect(set.modules.map(\.name) == ["failover", "net_failover", "virtio_ring", "virtio_net"])
            #expect(set.modules[0].content == HandmadeELF.module(depends: ""))
            #expect(set.builtIn == ["virtio_pci"])
            #expect(set.missing == ["no_such"])
        }
    }

    @Test("brings what would be good to have only where it exists")
    func soft() async throws {
        try await withScratch { scratch in
            try scratch.file("lib/a.ko", HandmadeELF.module(depends: "", softdep: "pre: b no_such post: c"))
            for name in ["b", "c"] { try scratch.file("lib/\(name).ko", HandmadeELF.module(depends: "")) }
            let set = try await ModuleSet.resolve(["a"], in: scratch.root.appending("lib"))
            #expect(set.modules.map(\.name) == ["b", "a", "c"])
            #expect(set.missing.isEmpty)
        }
    }

    @Test("reports a dependency nobody has, and ends on a circle")
    func broken() async throws {
        try await withScratch { scratch in
            try scratch.file("lib/a.ko", HandmadeELF.module(depends: "b,gone"))
            try scratch.file("lib/b.ko", HandmadeELF.module(depends: "a"))
            let set = try await ModuleSet.resolve(["a"], in: scratch.root.appending("lib"))
            #expect(set.modules.map(\.name) == ["b", "a"])
            #expect(set.missing == ["gone"])
        }
    }

    @Test("refuses a module that is none", arguments: [[], Array("text".utf8), HandmadeELF.file(type: 1), Array(HandmadeELF.module(depends: "x").prefix(150))])
    func noModule(bytes: [UInt8]) async throws {
        try await withScratch { scratch in
            let path = try scratch.file("lib/a.ko", bytes)
            let error = try await code { _ = try await ModuleSet.resolve(["a"], in: scratch.root.appending("lib")) }
            #expect(error?.code == .brokenModule)
            #expect(error?.path == path)
        }
    }

    @Test("refuses a packed module that is damaged, and a folder that is not there")
    func damaged() async throws {
        try await withScratch { scratch in
            try scratch.file("lib/a.ko.xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 1, 2, 3])
            try await expectError(.toolFailed) { _ = try await ModuleSet.resolve(["a"], in: scratch.root.appending("lib")) }
            try await expectError(.unreadable) { _ = try await ModuleSet.resolve(["a"], in: scratch.root.appending("none")) }
        }
    }
}
