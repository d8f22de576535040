public import Foundation
import Glibc
public import SystemPackage

/// Folders that are filled once and then only read: kernels, images, payloads. Their keys are digests of their inputs.
///
/// Two processes may ask for the same entry at once. The first takes the entry's lock, fills a temporary folder and renames it into place. The
/// second waits for the lock, checks again and finds the entry. A process that dies while filling leaves a temporary folder that no reader sees
/// and that `collectGarbage` removes. An entry is synced to disk before it is renamed, so a power cut leaves no entry half filled.
public struct ArtefactCache: Sendable {
    public let root: FilePath

    public init(root: FilePath) { self.root = root }

    /// The cache of this user: `$XDG_CACHE_HOME/kmatrix`, else `~/.cache/kmatrix` (XDG Base Directory specification).
    public static func standard(environment: [String: String] = ProcessInfo.processInfo.environment) -> ArtefactCache {
        if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return ArtefactCache(root: FilePath(base).appending("kmatrix")) }
        let home = environment["HOME"] ?? NSHomeDirectory()
        return ArtefactCache(root: FilePath(home).appending(".cache/kmatrix"))
    }

    /// The folder of an entry; nil if it is not in the cache.
    public func existing(kind: String, key: String) -> FilePath? {
        let place = folder(kind: kind, key: key)
        return FileManager.default.fileExists(atPath: place.string) ? place : nil
    }

    /// The folder of an entry, filled by `fill` unless it is filled already.
    ///
    /// - Parameters:
    ///   - kind: The sort of artefact, one path component: `kernel`, `initramfs`.
    ///   - key: A name for the content's inputs, as one path component, best a hash.
    ///   - isChecked: Whether the caller checks the entry before each use. The entry is then not synced to disk.
    ///   - renews: Fill the entry again even if it exists. The old one stays until the new one is complete.
    ///   - fill: Writes the entry's files into the given folder. When it throws, nothing is kept.
    /// - Throws: `CacheError` when the cache cannot be written, `CancellationError` while waiting, or what `fill` throws.
    public func entry(kind: String, key: String, isChecked: Bool = false, renews: Bool = false, fill: (FilePath) async throws -> Void) async throws -> FilePath
    {
        let place = folder(kind: kind, key: key)
        if !renews, FileManager.default.fileExists(atPath: place.string) {
            touch(place)
            return place
        }
        let parent = root.appending(kind)
        try makeFolder(parent)
        let lock = try await FileLock.acquire(lockFile(kind: kind, key: key))
        defer { lock.release() }
        if !renews, FileManager.default.fileExists(atPath: place.string) { return place }
        let aside = parent.appending(".\(key).part")
        try? FileManager.default.removeItem(atPath: aside.string)
        try makeFolder(aside)
        do {
            try await fill(aside)
            try Task.checkCancellation()
            if !isChecked { try DiskSync.fileSystem(of: aside) }
            try Self.move(aside, to: place)
            if !isChecked { try DiskSync.folder(parent) }
        } catch {
            try? FileManager.default.removeItem(atPath: aside.string)
            throw error
        }
        return place
    }

    /// A temporary folder, which is removed after the body. If the process dies, `collectGarbage` removes the folder; it spares folders of
    /// living processes.
    /// - Throws: `CacheError` when the cache cannot be written, or what the body throws.
    public func withScratch<Value>(kind: String, _ body: (FilePath) async throws -> Value) async throws -> Value {
        let key = UUID().uuidString
        let folder = root.appending(kind).appending(".\(key).part")
        try makeFolder(root.appending(kind))
        let lock = try await FileLock.acquire(lockFile(kind: kind, key: key))
        defer {
            try? FileManager.default.removeItem(atPath: folder.string)
            unlink(lockFile(kind: kind, key: key).string)
            lock.release()
        }
        try makeFolder(folder)
        return try await body(folder)
    }

    /// Marks an entry as in use: it is neither removed nor replaced while the use lasts. Waits for a process that fills it.
    /// - Returns: Nil when there is no such entry.
    public func use(kind: String, key: String) async throws -> EntryUse? {
        guard existing(kind: kind, key: key) != nil else { return nil }
        let lock = try await FileLock.acquire(lockFile(kind: kind, key: key), .shared)
        guard existing(kind: kind, key: key) != nil else {
            lock.release()
            return nil
        }
        return EntryUse(lock)
    }

    /// Removes an entry, unless it is in use. The next request fills it again.
    public func remove(kind: String, key: String) throws {
        let place = folder(kind: kind, key: key)
        guard FileManager.default.fileExists(atPath: place.string), let lock = try FileLock.tryAcquire(lockFile(kind: kind, key: key)) else { return }
        defer { lock.release() }
        try? FileManager.default.removeItem(atPath: place.string)
    }

    /// Removes the least recently used entries of a kind until the rest takes at most `limit` bytes.
    /// - Parameter spared: Keys that are kept, even above the limit.
    /// - Returns: The removed entries and the bytes they took.
    public func shrink(kind: String, to limit: Int, sparing spared: Set<String>) throws -> [RemovedEntry] {
        let parent = root.appending(kind)
        let manager = FileManager.default
        let names = ((try? manager.contentsOfDirectory(atPath: parent.string)) ?? []).filter { !$0.hasPrefix(".") }
        var entries = names.map { name in
            let attributes = try? manager.attributesOfItem(atPath: parent.appending(name).string)
            return (key: name, bytes: Self.size(of: parent.appending(name)), lastUse: attributes?[.modificationDate] as? Date ?? .distantPast)
        }.sorted { ($0.lastUse, $0.key) < ($1.lastUse, $1.key) }[...]
        var total = entries.map(\.bytes).reduce(0, +)
        var removed: [RemovedEntry] = []
        while total > limit, let oldest = entries.popFirst() {
            // An entry whose lock is held is in use, or being filled again.
            guard !spared.contains(oldest.key), let lock = try FileLock.tryAcquire(lockFile(kind: kind, key: oldest.key)) else { continue }
            defer { lock.release() }
            let isOurs = try Self.takeAway(parent.appending(oldest.key))
            total -= oldest.bytes
            if isOurs { removed.append(RemovedEntry(kind: kind, key: oldest.key, bytes: oldest.bytes)) }
        }
        return removed
    }

    /// Removes entries that were not used for longer than `age`, and what dead processes left half filled.
    /// - Parameter kinds: The kinds to collect; nil for all.
    /// - Returns: The removed entries and the bytes they took.
    public func collectGarbage(unusedFor age: Duration, kinds: Set<String>? = nil, now: Date = Date()) async throws -> [RemovedEntry] {
        var removed: [RemovedEntry] = []
        let manager = FileManager.default
        for kind in (try? manager.contentsOfDirectory(atPath: root.string))?.sorted() ?? [] where kinds?.contains(kind) ?? true {
            let parent = root.appending(kind)
            for name in (try? manager.contentsOfDirectory(atPath: parent.string))?.sorted() ?? [] where !name.hasSuffix(".lock") {
                let isHalfFilled = name.hasPrefix(".") && name.hasSuffix(".part")
                let key = isHalfFilled ? String(name.dropFirst().dropLast(".part".count)) : name
                // An entry whose lock is held is in use, or being filled right now.
                guard let lock = try FileLock.tryAcquire(lockFile(kind: kind, key: key)) else { continue }
                defer { lock.release() }
                let path = parent.appending(name)
                let attributes = try? manager.attributesOfItem(atPath: path.string)
                let lastUse = attributes?[.modificationDate] as? Date ?? .distantPast
                guard isHalfFilled || now.timeIntervalSince(lastUse) > Double(age.components.seconds) else { continue }
                let size = Self.size(of: path)
                if try Self.takeAway(path) { removed.append(RemovedEntry(kind: kind, key: key, bytes: size)) }
            }
        }
        return removed
    }

    /// - Returns: False when another process has removed it in the meantime.
    private static func takeAway(_ path: FilePath) throws -> Bool {
        do {
            try FileManager.default.removeItem(atPath: path.string)
            return true
        } catch let error as CocoaError where error.code == .fileNoSuchFile {
            return false
        }
    }

    /// The disk space of the files under a path, in bytes; less than the length for a sparse file.
    public static func size(of path: FilePath) -> Int {
        var total = 0
        let entries = FileManager.default.enumerator(atPath: path.string)
        while let entry = entries?.nextObject() as? String {
            var status = stat()
            if lstat(path.appending(entry).string, &status) == 0, status.st_mode & S_IFMT == S_IFREG { total += Int(status.st_blocks) * 512 }
        }
        return total
    }

    /// Renames a filled folder into place. An older entry is first renamed aside and then removed, as the remains of a dead process would be.
    private static func move(_ aside: FilePath, to place: FilePath) throws {
        let old = place.removingLastComponent().appending(".\(place.lastComponent?.string ?? "").old.part")
        try? FileManager.default.removeItem(atPath: old.string)
        rename(place.string, old.string)
        guard rename(aside.string, place.string) == 0 else { throw CacheError(path: place, errno: Errno(rawValue: errno)) }
        try? FileManager.default.removeItem(atPath: old.string)
    }

    /// A process that fills, removes or uses an entry holds this lock.
    private func lockFile(kind: String, key: String) -> FilePath { root.appending(kind).appending(".\(key).lock") }

    private func folder(kind: String, key: String) -> FilePath { root.appending(kind).appending(key) }

    package func makeFolder(_ path: FilePath) throws {
        do {
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        } catch let error as CocoaError {
            let code = (error.underlying as? POSIXError)?.code.rawValue
            throw CacheError(path: path, errno: Errno(rawValue: code ?? EIO))
        }
    }

    /// The modification time of an entry's folder says when it was last used.
    private func touch(_ path: FilePath) { utimensat(AT_FDCWD, path.string, nil, 0) }
}

public struct RemovedEntry: Hashable, Sendable, Codable {
    public let kind: String
    public let key: String
    public let bytes: Int

    public init(kind: String, key: String, bytes: Int) {
        self.kind = kind
        self.key = key
        self.bytes = bytes
    }
}
