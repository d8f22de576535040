import ArtefactCache
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import QEMUGuest

@Suite("Slots for guests")
final class GuestSlotsTests {
    private let folder: TemporaryFolder
    let root: FilePath
    let cache: ArtefactCache

    init() throws {
        folder = try TemporaryFolder()
        root = folder.path.appending("cache")
        cache = ArtefactCache(root: root)
    }

    /// How many do something at once, and how many did at most.
    private actor Tally {
        private var now = 0
        private(set) var most = 0

        func change(by difference: Int) {
            now += difference
            most = max(most, now)
        }
    }

    @Test("are given to as many as there are, and to one more as soon as one ends")
    func shared() async throws {
        let slots = GuestSlots(cache: cache, count: 2)
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try await slots.withSlot {
                        await tally.change(by: 1)
                        try await Task.sleep(for: .milliseconds(20))
                        await tally.change(by: -1)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await tally.most == 2)
    }

    @Test("belong to each machine that shares the cache", .timeLimit(.minutes(1)))
    func hosts() async throws {
        let taken = try await GuestSlots(cache: cache, count: 1, host: "one").withSlot {
            try await GuestSlots(cache: cache, count: 1, host: "two").withSlot {
                try FileManager.default.contentsOfDirectory(atPath: root.appending("slots").string)
            }
        }
        #expect(taken.sorted() == ["one", "two"])
    }

    @Test("belong to a processor each: tasks with processors of their own do not wait for each other, and those with the same do", .timeLimit(.minutes(1)))
    func processors() async throws {
        let cache = cache
        @Sendable func slots(_ processors: [Int], _ count: Int = 1) -> GuestSlots {
            GuestSlots(cache: cache, count: count, host: "one", processors: processors)
        }
        try await slots([0]).withSlot {
            try await slots([1]).withSlot {
                for taken in [[0], [1], [0, 1]] {
                    let wanted = slots(taken, taken.count)
                    let waiting = Task { try await wanted.withSlot {} }
                    try await Task.sleep(for: .milliseconds(120))
                    waiting.cancel()
                    await #expect(throws: CancellationError.self) { try await waiting.value }
                }
                // Who was asked for more than there are takes more.
                try await slots([0, 1], 3).withSlot {}
                try await slots([0], 2).withSlot {}
            }
        }
    }

    @Test("are no longer waited for when the task is cancelled")
    func cancelledTurn() async throws {
        let slots = GuestSlots(cache: cache, count: 1)
        try await slots.withSlot {
            let waiting = Task { try await slots.withSlot {} }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
    }
}
