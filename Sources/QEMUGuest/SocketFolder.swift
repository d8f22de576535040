import Foundation
import Glibc
import Synchronization
public import SystemPackage

/// A private folder for the sockets of one guest, in this machine's temporary folder, with a link to it in the guest's folder.
///
/// A run's folder may be on a shared file system that has no Unix sockets, and its path may be longer than a socket's address can be
/// (unix(7)). The emulator works in the guest's folder and reaches its sockets through the link.
public final class SocketFolder: Sendable {
    /// The link's name.
    static let name = "sockets"
    private static let prefix = "kmatrix-sockets-"

    /// A socket's path, relative to the guest's folder.
    public static func inside(_ socket: String) -> String { "\(name)/\(socket)" }

    /// Where the sockets are.
    public let path: FilePath
    private let link: FilePath
    /// Held while the folder is in use. Nil where it belongs to another of this guest.
    private let lock: FileDescriptor?

    /// The folders that this process made and has not removed.
    private static let own = Mutex<Set<FilePath>>([])
    /// Once in a process's life the folders of processes that were killed are removed.
    private static let swept: Void = { sweep() }()

    /// Makes the folder, or takes the one that this process has made for the same guest.
    /// - Throws: `GuestError` (`socket`, or `folder` where the guest's folder takes no link).
    public init(for guest: FilePath) throws(GuestError) {
        Self.swept
        link = guest.appending(Self.name)
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link.string), Self.own.withLock({ $0.contains(FilePath(target)) }) {
            (path, lock) = (FilePath(target), nil)
            return
        }
        do {
            (path, lock) = try Self.make(in: Self.temporary(ProcessInfo.processInfo.environment))
        } catch {
            throw GuestError(.socket, subject: Self.temporary(ProcessInfo.processInfo.environment).string, detail: "\(error)")
        }
        // A run that was killed left the link.
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: link.string)) != nil { unlink(link.string) }
        guard symlink(path.string, link.string) == 0 else {
            let error = Errno(rawValue: errno)
            remove()
            throw GuestError(.folder, subject: link.string, detail: "\(error)")
        }
    }

    /// Removes the folder and the link to it. Does nothing where another of the same guest made them.
    public func remove() {
        guard let lock, Self.own.withLock({ $0.remove(path) }) != nil else { return }
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: link.string)) == path.string { unlink(link.string) }
        try? FileManager.default.removeItem(atPath: path.string)
        try? lock.close()
    }

    static func temporary(_ environment: [String: String]) -> FilePath {
        guard let chosen = environment["TMPDIR"].map({ FilePath($0) }), chosen.isAbsolute else { return "/tmp" }
        return chosen
    }

    private static func make(in parent: FilePath) throws -> (FilePath, FileDescriptor) {
        while true {
            var template = Array(parent.appending(prefix + "XXXXXX").string.utf8CString)
            guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
            let path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.directory, .noFollow, .closeOnExec])
            // Another process may take a folder that is not locked yet for a dead one's.
            if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
                try? descriptor.close()
                continue
            }
            own.withLock { _ = $0.insert(path) }
            return (path, descriptor)
        }
    }

    /// Removes what processes of this user that were killed left in the temporary folder. A lock says who lives.
    /// - Returns: The names of what was removed.
    @discardableResult
    public static func sweep() -> [String] {
        let parent = temporary(ProcessInfo.processInfo.environment)
        var removed: [String] = []
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? [] where name.hasPrefix(prefix) {
            let path = parent.appending(name)
            guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: [.directory, .noFollow, .closeOnExec]) else { continue }
            defer { try? descriptor.close() }
            var status = stat()
            guard fstat(descriptor.rawValue, &status) == 0, status.st_uid == geteuid(), flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else { continue }
            if (try? FileManager.default.removeItem(atPath: path.string)) != nil { removed.append(name) }
        }
        return removed
    }
}
