import ArtefactCache
import Foundation
import GuestProtocol
import MatrixModel
@testable import QEMUGuest
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("The snapshots that are kept")
struct SnapshotStoreTests {
    /// A cache, a kernel and a payload of one test's own.
    struct Bench {
        let folder: TemporaryFolder
        let cache: ArtefactCache
        let emulator: Emulator
        var plan: BootPlan

        init(_ behaviour: String = "complete") async throws {
            folder = try TemporaryFolder()
            cache = ArtefactCache(root: folder.path.appending("cache"))
            emulator = try await Emulator.find(environment: ["KMATRIX_QEMU": BuiltProgram.path("fake-qemu").string], versionTimeout: .seconds(300))
            for (name, content) in [("vmlinux", "kernel"), ("initramfs", "runner"), ("payload", "agent")] {
                try Data(content.utf8).write(to: URL(filePath: folder.path.appending(name).string))
            }
            plan = BootPlan(
                kernel: .elf(folder.path.appending("vmlinux")), initramfs: folder.path.appending("initramfs"), payload: folder.path.appending("payload"),
                accelerator: .tcg, folder: folder.path)
            plan.kernelArguments = ["fake=\(behaviour)"]
            plan.limits = Self.generousLimits
        }

        /// That a healthy stand-in never comes near, however slow the machine is.
        private static let generousLimits = GuestLimits(ready: .seconds(300), silence: .seconds(300), total: .seconds(300), shutdown: .seconds(300))

        /// As another process has one: it knows nothing of what was checked before.
        func store(limit: Int = SnapshotStore.standardLimit) -> SnapshotStore {
            SnapshotStore(cache: cache, emulator: emulator, slots: GuestSlots(cache: cache, count: 2), limit: limit)
        }
    }

    final class Told: Sendable {
        private let words = Mutex<[String]>([])
        func add(_ text: String) { words.withLock { $0.append(text) } }
        var boots: Int { words.withLock { $0.count { $0.contains("creating snapshot") } } }
        var remade: Int { words.withLock { $0.count { $0.contains("creating it again") } } }
    }

    @Test("are made once, and found by the next process")
    func once() async throws {
        let bench = try await Bench()
        let told = Told()
        #expect(!bench.store().has(bench.plan))
        let first = try await bench.store().snapshot(for: bench.plan, telling: told.add)
        #expect(bench.store().has(bench.plan))
        let again = try await bench.store().snapshot(for: bench.plan, telling: told.add)
        #expect(again.files == first.files)
        #expect(told.boots == 1)
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: first.folder.string))
        let files = [first.files.memory, first.files.state].compactMap { $0.lastComponent?.string }
        #expect(names == Set(files + ["console.log", "qemu.log", "manifest.json"]))
        #expect(try String(contentsOfFile: first.console.string, encoding: .utf8).contains("Linux version 6.1.0-fake"))
    }

    @Test("are made once by many that ask at the same time")
    func together() async throws {
        let bench = try await Bench()
        let told = Told()
        try await withThrowingTaskGroup(of: SnapshotFiles.self) { group in
            for _ in 0..<6 { group.addTask { [bench] in try await bench.store().snapshot(for: bench.plan, telling: told.add).files } }
            var found: Set<SnapshotFiles> = []
            for try await files in group { found.insert(files) }
            #expect(found.count == 1)
        }
        #expect(told.boots == 1)
    }

    static let damages: [(String, @Sendable (Snapshot) throws -> Void)] = [
        ("memory cut off", { try cut($0.files.memory) }), ("state cut off", { try cut($0.files.state) }),
        ("a bit of the memory", { try flip($0.files.memory) }), ("a bit of the state", { try flip($0.files.state) }),
        ("memory gone", { try FileManager.default.removeItem(atPath: $0.files.memory.string) }),
        ("manifest gone", { try FileManager.default.removeItem(atPath: $0.folder.appending("manifest.json").string) }),
        (
            "manifest that names files elsewhere",
            {
                let place = URL(filePath: $0.folder.appending("manifest.json").string)
                let text = try String(contentsOf: place, encoding: .utf8)
                try Data(text.replacing("\"name\" : \"memory-", with: "\"name\" : \"../memory-").utf8).write(to: place)
            }
        ),
        ("manifest damaged", { try Data("{".utf8).write(to: URL(filePath: $0.folder.appending("manifest.json").string)) }),
    ]

    static func cut(_ path: FilePath) throws { guard truncate(path.string, 3) == 0 else { throw Errno(rawValue: errno) } }

    static func flip(_ path: FilePath) throws {
        var bytes = try Data(contentsOf: URL(filePath: path.string))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: path.string))
    }

    @Test("are thrown away and made anew when they are damaged", arguments: damages.indices)
    func damaged(index: Int) async throws {
        let bench = try await Bench()
        let told = Told()
        let first = try await bench.store().snapshot(for: bench.plan, telling: told.add)
        let memory = try Data(contentsOf: URL(filePath: first.files.memory.string))
        try Self.damages[index].1(first)
        first.use.end()
        let second = try await bench.store().snapshot(for: bench.plan, telling: told.add)
        #expect(second.key == first.key)
        // A guest that is being brought back from the old one can find no file of the new one in its place.
        #expect(Set([first.files.memory, first.files.state]).isDisjoint(with: [second.files.memory, second.files.state]))
        #expect(told.boots == 2, "\(Self.damages[index].0)")
        #expect(told.remade == 1)
        #expect(try Data(contentsOf: URL(filePath: second.files.memory.string)) == memory)
    }

    @Test("are made anew once they were discarded")
    func discarded() async throws {
        let bench = try await Bench()
        let told = Told()
        let store = bench.store()
        try await store.discard(store.snapshot(for: bench.plan, telling: told.add))
        #expect(!store.has(bench.plan))
        _ = try await store.snapshot(for: bench.plan, telling: told.add)
        #expect(told.boots == 2)
    }

    @Test("stay while anybody uses them, whoever wants them gone", .timeLimit(.minutes(2)))
    func used() async throws {
        let bench = try await Bench()
        let told = Told()
        let held = try await bench.store().snapshot(for: bench.plan, telling: told.add)
        let other = bench.store(limit: 0)
        try await other.discard(other.snapshot(for: bench.plan, telling: told.add))
        // Makes room for another one, and finds none.
        var another = bench.plan
        another.memory = 600
        _ = try await other.snapshot(for: another)
        #expect(bench.store().isWhole(held))

        let renewing = Task { [bench] in try await bench.store().snapshot(for: bench.plan, renews: true, telling: told.add).files }
        // As long as it is used it is the one.
        for _ in 0..<20 { await Task.yield() }
        #expect(bench.store().isWhole(held))
        held.use.end()
        let renewed = try await renewing.value
        #expect(renewed != held.files)
        #expect(!bench.store().isWhole(held))
        #expect(told.boots == 2)
    }

    @Test("leave nothing when their guest does not come up")
    func failed() async throws {
        let bench = try await Bench("migration-fails")
        let error = await #expect(throws: GuestError.self) { _ = try await bench.store().snapshot(for: bench.plan) }
        #expect(error?.code == .snapshotNotMade)
        let left = try FileManager.default.contentsOfDirectory(atPath: bench.cache.root.appending("snapshot").string).filter { !$0.hasSuffix(".lock") }
        #expect(left == [])
    }

    @Test("make room: those unused for longest go first, and those of this process stay")
    func room() async throws {
        var bench = try await Bench()
        var snapshots: [Snapshot] = []
        for index in 0..<3 {
            bench.plan.memory = 512 + index
            snapshots.append(try await bench.store().snapshot(for: bench.plan))
            snapshots[index].use.end()
            let age = Date(timeIntervalSinceNow: Double(index - 10) * 3600)
            try FileManager.default.setAttributes([.modificationDate: age], ofItemAtPath: snapshots[index].folder.string)
        }
        let size = ArtefactCache.size(of: snapshots[0].folder)
        let store = bench.store(limit: size * 3)
        // The oldest is in use here.
        bench.plan.memory = 512
        _ = try await store.snapshot(for: bench.plan)
        bench.plan.memory = 600
        let latest = try await store.snapshot(for: bench.plan)
        let left = Set(try FileManager.default.contentsOfDirectory(atPath: bench.cache.root.appending("snapshot").string).filter { !$0.hasPrefix(".") })
        #expect(left == [snapshots[0].key, snapshots[2].key, latest.key])
    }

    /// A plan of a distribution's guest.
    private static func distribution(_ bench: Bench) throws -> BootPlan {
        var plan = bench.plan
        let image = bench.folder.path.appending("root.img")
        try Data(repeating: 7, count: 1 << 20).write(to: URL(filePath: image.string))
        plan.distribution = DistributionDisks(root: image, modules: nil)
        plan.firstPlan = GuestPlan(mode: .standBy, userland: .distribution(DistributionStart(package: nil)), layout: .unified, agentPath: "/usr/sbin/agent")
        return plan
    }

    @Test("have a distribution's disk as a layer over its image, are made anew when it is damaged, and are others for another image")
    func disk() async throws {
        let bench = try await Bench()
        let told = Told()
        let plan = try Self.distribution(bench)
        let image = try #require(plan.distribution?.root)
        let first = try await bench.store().snapshot(for: plan, telling: told.add)
        let layer = try #require(first.disk)
        #expect(layer.removingLastComponent() == first.folder)
        #expect(try Data(contentsOf: URL(filePath: layer.string)).range(of: Data(image.string.utf8)) != nil)
        #expect(try Data(contentsOf: URL(filePath: image.string)) == Data(repeating: 7, count: 1 << 20))
        try Self.flip(layer)
        first.use.end()
        let second = try await bench.store().snapshot(for: plan, telling: told.add)
        #expect(second.key == first.key)
        #expect(second.disk != layer)
        #expect(told.remade == 1)
        try Data(repeating: 8, count: 1 << 20).write(to: URL(filePath: image.string))
        #expect(!bench.store().has(plan))
    }

    @Test("are not made of a deployment, which is about how the machine comes up")
    func unsuitable() async throws {
        var bench = try await Bench()
        bench.plan = try Self.distribution(bench)
        bench.plan.distribution?.provisioning = "/p"
        #expect(throws: SnapshotError.self) { _ = try bench.store().key(for: bench.plan) }
        #expect(!bench.store().has(bench.plan))
    }

    @Test("name a file that cannot be read")
    func unreadable() async throws {
        let bench = try await Bench()
        try FileManager.default.removeItem(atPath: bench.folder.path.appending("vmlinux").string)
        let error = #expect(throws: SnapshotError.self) { _ = try bench.store().key(for: bench.plan) }
        #expect(error?.code == .unreadable)
        #expect(error?.description.contains("vmlinux") == true)
    }
}
