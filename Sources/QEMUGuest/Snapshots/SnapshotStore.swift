public import ArtefactCache
import Foundation
import Glibc
import GuestImages
import GuestProtocol
import Synchronization
import SystemPackage

/// The snapshots of this user: made once for each boot, kept across runs in the cache, checked before they are used.
///
/// Each is checked whole once in each process, unless an earlier one did since the machine booted and its files were not written to since
/// (`DigestMemory`): its memory is a hundred megabytes of page cache at a gigabyte and more a second, and
/// has to be read from the disk for the first cell anyway. A sample would miss the one page that a full disk or a crash left out; the
/// check for each cell is of the sizes alone.
public final class SnapshotStore: Sendable {
    /// What snapshots may take on the disk, in bytes: some sixty of them.
    public static let standardLimit = 6 << 30
    private static let kind = "snapshot"

    private let cache: ArtefactCache
    private let emulator: Emulator
    private let slots: GuestSlots
    private let limit: Int
    private let digests: ArtefactDigests
    private let known: DigestMemory
    private let memory = Mutex(Memory())

    private struct Memory {
        /// The snapshots that were found whole, or made, by this process.
        var checked: Set<String> = []
    }

    /// - Parameters:
    ///   - slots: Where a guest that is booted for a snapshot takes its slot.
    ///   - limit: What all snapshots may take, in bytes. Those of this process stay, however many they are.
    ///   - memory: What is known of the snapshots' own files from earlier runs.
    ///   - digests: Of what boots a guest, which does not change during a run; given, they need not be read again.
    public init(
        cache: ArtefactCache, emulator: Emulator, slots: GuestSlots, limit: Int = standardLimit,
        digests: ArtefactDigests = ArtefactDigests(), memory: DigestMemory = DigestMemory(in: nil)
    ) {
        self.cache = cache
        self.emulator = emulator
        self.slots = slots
        self.limit = limit
        self.digests = digests
        known = memory
    }

    /// The key of the snapshot that a plan can be started from.
    /// - Throws: `SnapshotError` for a plan of which no snapshot is made, or a file that cannot be read.
    public func key(for plan: BootPlan) throws -> String { try ingredients(of: plan).key }

    /// Whether the snapshot for a plan is there already; it may still turn out to be damaged.
    public func has(_ plan: BootPlan) -> Bool { (try? key(for: plan)).map { cache.existing(kind: Self.kind, key: $0) != nil } ?? false }

    /// The snapshot for a plan, whole; made when there is none, and made again when it is damaged.
    ///
    /// Two processes may ask at once: one makes it, the other waits.
    /// - Parameters:
    ///   - renews: Make it again in any case, once the one that is there is not in use.
    ///   - telling: Told what is done, when it takes time.
    /// - Throws: `SnapshotError`, `GuestError` when its guest does not come up, `CacheError`, `CancellationError`.
    public func snapshot(for plan: BootPlan, renews: Bool = false, telling: @Sendable (String) -> Void = { _ in }) async throws -> Snapshot {
        let ingredients = try ingredients(of: plan)
        let key = ingredients.key
        if !renews {
            let (folder, use) = try await entry(ingredients, plan, renews: false, telling)
            let isKnown = memory.withLock { $0.checked.contains(key) }
            switch check(folder, key: key, isWhole: !isKnown, use) {
            case .success(let snapshot):
                memory.withLock { _ = $0.checked.insert(key) }
                return snapshot
            case .failure(let damage):
                telling("snapshot \(key.prefix(12)): \(damage.reason); creating it again")
                use.end()
            }
        }
        let (folder, use) = try await entry(ingredients, plan, renews: true, telling)
        switch check(folder, key: key, isWhole: false, use) {
        case .success(let snapshot): return snapshot
        case .failure: throw SnapshotError(.unreadable, path: folder)
        }
    }

    /// Whether the files of a snapshot are as they were made. Asked after a failed restore: with whole files the machine may have been too
    /// busy, and the caller decides whether to try again or to discard the snapshot.
    public func isWhole(_ snapshot: Snapshot) -> Bool {
        if case .success(let found) = check(snapshot.folder, key: snapshot.key, isWhole: true, rereads: true, snapshot.use), found.files == snapshot.files {
            return true
        }
        memory.withLock { _ = $0.checked.remove(snapshot.key) }
        return false
    }

    /// Removes a snapshot that no other guest uses; the next request makes it again.
    public func discard(_ snapshot: Snapshot) throws {
        snapshot.use.end()
        memory.withLock { _ = $0.checked.remove(snapshot.key) }
        try cache.remove(kind: Self.kind, key: snapshot.key)
    }

    /// Removes the snapshot for a plan, if there is one that is not in use.
    public func forget(_ plan: BootPlan) throws { try cache.remove(kind: Self.kind, key: key(for: plan)) }

    // MARK: Making

    private func entry(
        _ ingredients: SnapshotIngredients, _ plan: BootPlan, renews: Bool, _ telling: @Sendable (String) -> Void
    ) async throws -> (FilePath, EntryUse) {
        let key = ingredients.key
        let wasThere = cache.existing(kind: Self.kind, key: key) != nil
        let folder = try await cache.entry(kind: Self.kind, key: key, isChecked: true, renews: renews) { folder in
            try await slots.withSlot {
                telling("creating snapshot \(key.prefix(12))")
                try await record(ingredients, plan, in: folder)
            }
        }
        if renews || !wasThere {
            // Room for this one; those in use here stay.
            let spared = memory.withLock { $0.checked }.union([key])
            _ = try cache.shrink(kind: Self.kind, to: limit, sparing: spared)
            memory.withLock { _ = $0.checked.insert(key) }
        }
        if let use = try await cache.use(kind: Self.kind, key: key) { return (folder, use) }
        // Another process removed it in between.
        return try await entry(ingredients, plan, renews: false, telling)
    }

    private func record(_ ingredients: SnapshotIngredients, _ plan: BootPlan, in folder: FilePath) async throws {
        var plan = plan
        plan.folder = folder
        var disk: FilePath?
        if let image = plan.distribution?.root {
            let layer = folder.appending("root.qcow2")
            try await RootImageBuilder.overlay(of: image, at: layer)
            plan.distribution?.root = layer
            disk = layer
        }
        let placeholder = folder.appending("payload")
        if let payload = plan.payload {
            try Self.makeHole(placeholder, size: Self.size(of: payload))
            plan.payload = placeholder
        }
        let (files, hello) = try await recordSnapshot(plan, emulator: emulator)
        try? FileManager.default.removeItem(atPath: placeholder.string)
        let tail = String(UInt64.random(in: .min ... .max), radix: 16)
        let manifest = try SnapshotManifest(
            memory: keep(files.memory, as: "memory-\(tail)", digest: FileDigest.sparse),
            state: keep(files.state, as: "state-\(tail)", digest: FileDigest.whole),
            disk: disk.map { try keep($0, as: "disk-\(tail)", digest: FileDigest.whole) }, release: hello.release, commandLine: ingredients.commandLine)
        try manifest.write(in: folder)
    }

    private func keep(_ file: FilePath, as name: String, digest: (FilePath) throws -> String) throws -> SnapshotManifest.File {
        let place = file.removingLastComponent().appending(name)
        guard rename(file.string, place.string) == 0 else { throw CacheError(path: place, errno: Errno(rawValue: errno)) }
        return try SnapshotManifest.File(name: name, size: Self.size(of: place), digest: digest(place))
    }

    private static func makeHole(_ path: FilePath, size: Int) throws {
        do {
            let file = try FileDescriptor.open(path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
            try file.closeAfter { try file.resize(to: Int64(size)) }
        } catch let error as Errno {
            throw CacheError(path: path, errno: error)
        }
    }

    // MARK: Checking

    private struct Damage: Error { let reason: String }

    /// The snapshot in a folder, or what is wrong with it.
    private func check(_ folder: FilePath, key: String, isWhole: Bool, rereads: Bool = false, _ use: EntryUse) -> Result<Snapshot, Damage> {
        guard let manifest = SnapshotManifest(in: folder) else { return .failure(Damage(reason: "its manifest is unreadable")) }
        let snapshot = Snapshot(key: key, folder: folder, manifest, use)
        for file in manifest.files where (try? Self.size(of: folder.appending(file.name))) != file.size {
            return .failure(Damage(reason: "'\(file.name)' has another size than when it was created"))
        }
        guard isWhole else { return .success(snapshot) }
        if (try? FileDigest.whole(snapshot.files.state)) != manifest.state.digest { return .failure(Damage(reason: "its device state is damaged")) }
        if let disk = manifest.disk, (try? known.digest(of: folder.appending(disk.name), isSparse: false, rereads: rereads)) != disk.digest {
            return .failure(Damage(reason: "its disk is damaged"))
        }
        if (try? known.digest(of: snapshot.files.memory, isSparse: true, rereads: rereads)) != manifest.memory.digest {
            return .failure(Damage(reason: "its memory is damaged"))
        }
        return .success(snapshot)
    }

    // MARK: Ingredients

    func ingredients(of plan: BootPlan) throws -> SnapshotIngredients {
        guard plan.terminal == .none, plan.distribution?.provisioning == nil, plan.distribution?.resource == nil else { throw SnapshotError(.notForThisGuest) }
        let named = try plan.named(payloadSize: plan.payload.map { try Self.size(of: $0) } ?? 0, digest)
        return try SnapshotIngredients(
            commandLine: QEMUCommandLine(named).arguments, firstPlan: plan.firstPlan.map { HostMessage.plan($0).frame(sequence: 0).encoded() } ?? [],
            emulatorVersion: emulator.version.description, emulatorDigest: digest(of: emulator.path), host: HostMachine.current)
    }

    private func digest(of path: FilePath) throws -> String {
        do { return try digests.digest(of: path) } catch let error as Errno { throw SnapshotError(.unreadable, path: path, errno: error) }
    }

    private static func size(of path: FilePath) throws -> Int {
        var status = stat()
        guard stat(path.string, &status) == 0 else { throw SnapshotError(.unreadable, path: path, errno: Errno(rawValue: errno)) }
        return Int(status.st_size)
    }
}
