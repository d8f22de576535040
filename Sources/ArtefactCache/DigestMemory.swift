import Foundation
import Glibc
import Synchronization
public import SystemPackage

/// Digests of large files, remembered across runs in the cache while a file's status shows that it has not changed.
///
/// The status includes the time of the last status change, which programs cannot set. All digests are forgotten at the next boot of the machine:
/// after a crash a file may have lost data and still have the same status.
public final class DigestMemory: Sendable {
    /// The fields that have to be equal (stat(2)).
    private struct Status: Hashable, Codable {
        let device: UInt64
        let inode: UInt64
        let size: Int
        let modified: Int
        let changed: Int
    }

    private struct Entry: Codable {
        let status: Status
        let digest: String
    }

    private struct Document: Codable {
        let boot: String
        var entries: [String: Entry]
    }

    private let file: FilePath?
    private let boot: String
    private let document: Mutex<Document>
    /// A file that changed less than this before it was read may have changed again with the same time stamp. In nanoseconds.
    private static let settled = 1_000_000_000
    /// The most digests in the file. Above that, digests of deleted files are dropped; if too many remain, all but the newest.
    private let limit: Int

    /// - Parameter cache: Where digests are remembered; nil to remember none.
    public convenience init(in cache: ArtefactCache?) {
        let boot = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id").map { String(decoding: $0, as: UTF8.self) } ?? ""
        self.init(in: cache, boot: boot.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// - Parameter boot: The id of this boot of the machine; if empty, nothing is remembered.
    init(in cache: ArtefactCache?, boot: String, limit: Int = 512) {
        self.limit = limit
        file = boot.isEmpty ? nil : cache?.root.appending("digests.json")
        self.boot = boot
        document = Mutex(Self.read(file, boot))
    }

    /// The digest of a file; long runs of zeros may count as holes (`FileDigest.sparse`).
    /// - Parameter rereads: Read the file even if its digest is remembered.
    /// - Throws: `Errno` when it cannot be read.
    public func digest(of path: FilePath, isSparse: Bool, rereads: Bool = false) throws -> String {
        let key = (isSparse ? "sparse " : "whole ") + path.string
        let before = Self.status(path)
        if !rereads, let before, let known = document.withLock({ $0.entries[key] }), known.status == before { return known.digest }
        let start = Self.now
        let digest = try isSparse ? FileDigest.sparse(path) : FileDigest.whole(path)
        if file != nil, let before, before == Self.status(path), start - before.changed > Self.settled {
            remember(Entry(status: before, digest: digest), for: key)
        }
        return digest
    }

    /// Adds an entry to those that other processes remembered in the meantime. If the file cannot be written, the next run reads the artefact
    /// again.
    private func remember(_ entry: Entry, for key: String) {
        guard let file else { return }
        document.withLock { document in
            document.entries.merge(Self.read(file, boot).entries) { ours, _ in ours }
            document.entries[key] = entry
            if document.entries.count > limit {
                document.entries = document.entries.filter { name, _ in access(String(name.drop { $0 != " " }.dropFirst()), F_OK) == 0 }
            }
            if document.entries.count > limit { document.entries = [key: entry] }
            try? JSONEncoder().encode(document).write(to: URL(filePath: file.string), options: .atomic)
        }
    }

    private static func read(_ file: FilePath?, _ boot: String) -> Document {
        let found = file.flatMap { FileManager.default.contents(atPath: $0.string) }.flatMap { try? JSONDecoder().decode(Document.self, from: $0) }
        return found.flatMap { $0.boot == boot ? $0 : nil } ?? Document(boot: boot, entries: [:])
    }

    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return nanoseconds(time)
    }

    private static func status(_ path: FilePath) -> Status? {
        var found = stat()
        guard stat(path.string, &found) == 0 else { return nil }
        return Status(
            device: UInt64(found.st_dev), inode: UInt64(found.st_ino), size: Int(found.st_size), modified: nanoseconds(found.st_mtim),
            changed: nanoseconds(found.st_ctim))
    }

    private static func nanoseconds(_ time: timespec) -> Int { time.tv_sec * 1_000_000_000 + time.tv_nsec }
}
