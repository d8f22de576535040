import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import ArtefactCache

@Suite("The cache")
final class ArtefactCacheTests {
    private let folder: TemporaryFolder
    let root: FilePath
    let cache: ArtefactCache

    init() throws {
        folder = try TemporaryFolder()
        root = folder.path.appending("cache")
        cache = ArtefactCache(root: root)
    }

    private struct FillFailure: Error {}

    private actor Counter {
        private(set) var value = 0

        func increment() { value += 1 }
    }

    private func write(_ text: String, in folder: FilePath) throws { try Data(text.utf8).write(to: URL(filePath: folder.appending("file").string)) }

    private func names(_ kind: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(kind).string)) ?? []
        return names.filter { !$0.hasSuffix(".lock") }.sorted()
    }

    @Test("fills an entry once, however many ask for it at the same time")
    func once() async throws {
        let fills = Counter()
        let cache = cache
        let folders = try await withThrowingTaskGroup(of: FilePath.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await cache.entry(kind: "kernel", key: "one") { folder in
                        await fills.increment()
                        try Data("content".utf8).write(to: URL(filePath: folder.appending("file").string))
                    }
                }
            }
            return try await group.reduce(into: Set<FilePath>()) { $0.insert($1) }
        }
        #expect(await fills.value == 1)
        #expect(folders == [root.appending("kernel/one")])
        #expect(cache.existing(kind: "kernel", key: "one") == root.appending("kernel/one"))
    }

    @Test("keeps nothing of an entry whose filling failed, and fills it the next time")
    func failedFill() async throws {
        await #expect(throws: FillFailure.self) {
            _ = try await cache.entry(kind: "kernel", key: "one") { folder in
                try write("half", in: folder)
                throw FillFailure()
            }
        }
        #expect(names("kernel") == [])
        #expect(cache.existing(kind: "kernel", key: "one") == nil)
        let folder = try await cache.entry(kind: "kernel", key: "one") { try write("whole", in: $0) }
        #expect(try String(contentsOfFile: folder.appending("file").string, encoding: .utf8) == "whole")
    }

    @Test("throws away what a dead process left half filled before it fills anew")
    func leftOver() async throws {
        let part = root.appending("kernel/.one.part")
        try FileManager.default.createDirectory(atPath: part.appending("old").string, withIntermediateDirectories: true)
        let folder = try await cache.entry(kind: "kernel", key: "one") { try write("whole", in: $0) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.string) == ["file"])
    }

    @Test("stops waiting for an entry that somebody else fills when it is cancelled")
    func cancelledWait() async throws {
        try FileManager.default.createDirectory(atPath: root.appending("kernel").string, withIntermediateDirectories: true)
        let lock = try #require(try FileLock.tryAcquire(root.appending("kernel/.one.lock")))
        defer { lock.release() }
        let cache = cache
        let waiting = Task { try await cache.entry(kind: "kernel", key: "one") { _ in } }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
    }

    @Test("keeps nothing when it is cancelled while filling")
    func cancelledFill() async throws {
        let cache = cache
        let (started, start) = AsyncStream<Void>.makeStream()
        let filling = Task {
            try await cache.entry(kind: "kernel", key: "one") { _ in
                start.finish()
                while !Task.isCancelled { await Task.yield() }
            }
        }
        for await _ in started {}
        filling.cancel()
        await #expect(throws: CancellationError.self) { _ = try await filling.value }
        #expect(names("kernel") == [])
    }

    @Test("collects entries nobody used for long and half filled ones, and leaves those in use")
    func garbage() async throws {
        for key in ["old", "new", "busy"] { _ = try await cache.entry(kind: "kernel", key: key) { try write("12345", in: $0) } }
        try FileManager.default.createDirectory(atPath: root.appending("kernel/.dead.part").string, withIntermediateDirectories: true)
        let past = Date(timeIntervalSinceNow: -10 * 86_400)
        for key in ["old", "busy"] {
            try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: root.appending("kernel/\(key)").string)
        }
        let lock = try #require(try FileLock.tryAcquire(root.appending("kernel/.busy.lock")))
        defer { lock.release() }
        let removed = try await cache.collectGarbage(unusedFor: .seconds(5 * 86_400))
        #expect(Set(removed.map(\.key)) == ["old", "dead"])
        let bytes = try #require(removed.first { $0.key == "old" }).bytes
        #expect((1...65_536).contains(bytes), "five bytes take a block of the disk, and a hole takes none")
        #expect(names("kernel") == ["busy", "new"])
    }

    @Test("has folders for a while, which stay as long as whoever has them lives, and leave nothing")
    func scratch() async throws {
        let place = try await cache.withScratch(kind: "shell") { folder in
            try write("socket", in: folder)
            #expect(try await cache.collectGarbage(unusedFor: .seconds(-1)).isEmpty)
            #expect(FileManager.default.fileExists(atPath: folder.appending("file").string))
            return folder
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.appending("shell").string).isEmpty)
        // As one that was killed leaves it.
        try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: false)
        #expect(try await cache.collectGarbage(unusedFor: .seconds(86_400)).map(\.kind) == ["shell"])
        #expect(names("shell").isEmpty)
    }

    @Test("keeps what anybody uses, and removes what nobody does", .timeLimit(.minutes(1)))
    func used() async throws {
        let folder = try await cache.entry(kind: "snapshot", key: "one") { try write("1", in: $0) }
        let first = try #require(try await cache.use(kind: "snapshot", key: "one"))
        let second = try #require(try await cache.use(kind: "snapshot", key: "one"))
        first.end()
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -10 * 86_400)], ofItemAtPath: folder.string)
        try cache.remove(kind: "snapshot", key: "one")
        #expect(try cache.shrink(kind: "snapshot", to: 0, sparing: []) == [])
        #expect(try await cache.collectGarbage(unusedFor: .seconds(1)) == [])
        #expect(names("snapshot") == ["one"])
        second.end()
        try await removeOnceUnused()
        #expect(try await cache.use(kind: "snapshot", key: "one") == nil)
        #expect(try await cache.use(kind: "never", key: "one") == nil)
    }

    @Test("ends a use when nobody knows of it any more", .timeLimit(.minutes(1)))
    func forgottenUse() async throws {
        _ = try await cache.entry(kind: "snapshot", key: "one") { try write("1", in: $0) }
        _ = try await cache.use(kind: "snapshot", key: "one")
        try await removeOnceUnused()
    }

    /// A process that another test just forked has the lock as well, until it runs its program.
    private func removeOnceUnused() async throws {
        while names("snapshot") != [] {
            try cache.remove(kind: "snapshot", key: "one")
            await Task.yield()
        }
    }

    @Test("fills an entry anew only once nobody uses the old one", .timeLimit(.minutes(1)))
    func renewal() async throws {
        let folder = try await cache.entry(kind: "snapshot", key: "one") { try write("old", in: $0) }
        let use = try #require(try await cache.use(kind: "snapshot", key: "one"))
        let cache = cache
        let renewing = Task {
            try await cache.entry(kind: "snapshot", key: "one", renews: true) { try Data("new".utf8).write(to: URL(filePath: $0.appending("file").string)) }
        }
        for _ in 0..<20 { await Task.yield() }
        #expect(try String(contentsOfFile: folder.appending("file").string, encoding: .utf8) == "old")
        use.end()
        #expect(try await renewing.value == folder)
        #expect(try String(contentsOfFile: folder.appending("file").string, encoding: .utf8) == "new")
    }

    @Test("makes room: what was unused for longest goes, what is spared stays, and as much as fits")
    func room() async throws {
        for (age, key) in ["oldest", "older", "spared", "new"].enumerated() {
            let folder = try await cache.entry(kind: "snapshot", key: key) { try Data(count: 100_000).write(to: URL(filePath: $0.appending("file").string)) }
            let date = key == "spared" ? Date.distantPast : Date(timeIntervalSinceNow: Double(age - 10) * 3600)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: folder.string)
        }
        let size = ArtefactCache.size(of: root.appending("snapshot/new"))
        let removed = try cache.shrink(kind: "snapshot", to: size * 2, sparing: ["spared"])
        #expect(removed.map(\.key) == ["oldest", "older"])
        #expect(removed.allSatisfy { $0.bytes == size })
        #expect(names("snapshot") == ["new", "spared"])
        #expect(try cache.shrink(kind: "snapshot", to: size * 2, sparing: []) == [])
    }

    @Test("made by many at once is told of once for each entry, and is nobody's trouble")
    func roomAtOnce() async throws {
        let cache = cache
        for index in 0..<40 { _ = try await cache.entry(kind: "snapshot", key: "\(index)") { try write("x", in: $0) } }
        let removed = try await withThrowingTaskGroup(of: [String].self) { group in
            for turn in 0..<8 {
                group.addTask {
                    try await turn % 2 == 0
                        ? cache.shrink(kind: "snapshot", to: 0, sparing: []).map(\.key)
                        : cache.collectGarbage(unusedFor: .seconds(-1), kinds: ["snapshot"]).map(\.key)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(removed.sorted() == (0..<40).map { "\($0)" }.sorted())
    }

    @Test("counts asking for an entry as using it")
    func useIsRemembered() async throws {
        let folder = try await cache.entry(kind: "kernel", key: "one") { try write("1", in: $0) }
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -10 * 86_400)], ofItemAtPath: folder.string)
        _ = try await cache.entry(kind: "kernel", key: "one") { _ in throw FillFailure() }
        #expect(try await cache.collectGarbage(unusedFor: .seconds(86_400)) == [])
    }

    @Test("says which folder cannot be written")
    func unwritable() async throws {
        // A file where the folder should be refuses the superuser as well.
        try FileManager.default.createDirectory(atPath: root.string, withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: root.appending("kernel").string))
        let error = await #expect(throws: CacheError.self) { _ = try await cache.entry(kind: "kernel", key: "one") { _ in } }
        #expect(error?.path.starts(with: root) == true)
        #expect(error?.description.contains(root.string) == true)
    }

    @Test("tells a full disk and a forbidden folder, each with what to do")
    func messages() {
        #expect(CacheError(path: "/c", errno: .noSpace).description.contains("kernels gc"))
        #expect(CacheError(path: "/c", errno: .readOnlyFileSystem).description.contains("XDG_CACHE_HOME"))
    }

    @Test("lies where the XDG specification says, and not at a relative path")
    func place() {
        #expect(ArtefactCache.standard(environment: ["XDG_CACHE_HOME": "/x", "HOME": "/h"]).root == "/x/kmatrix")
        #expect(ArtefactCache.standard(environment: ["XDG_CACHE_HOME": "x", "HOME": "/h"]).root == "/h/.cache/kmatrix")
    }
}
