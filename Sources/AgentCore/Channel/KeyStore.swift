internal import Glibc
import JSON
public import SystemPackage

/// Stores the keys: in a folder that only the agent may enter, each in a file that only the agent may read.
public struct KeyStore: Sendable {
    /// A key's file is a few hundred bytes.
    static let largestFile = 64 << 10
    /// How many key files are kept, in case the platform returns to an earlier key; the oldest are deleted.
    static let keptKeys = 4

    let folder: FilePath
    let log: AgentLog

    public init(folder: FilePath, log: AgentLog) {
        self.folder = folder
        self.log = log
    }

    /// Why the folder or a file cannot be used.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Eight, four, four, four and twelve hexadecimal digits. No other text becomes a file name.
    public static func isGUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    }

    /// The key with this id; nil when there is none that can be trusted. A damaged file is renamed.
    public func load(_ guid: String) -> LatchedKey? {
        guard Self.isGUID(guid), (try? secureFolder()) != nil else { return nil }
        let path = file(guid)
        guard let bytes = read(path) else { return nil }
        do {
            let document = try KeyDocument(JSONValue(parsing: bytes))
            guard document.key.guid.lowercased() == guid.lowercased() else { throw Failure(description: "it is the key of another id") }
            return document.key
        } catch {
            log.log(.error, "The key file '\(path)' is damaged (\(error)) and is set aside")
            _ = path.withPlatformString { old in FilePath("\(path).bad").withPlatformString { rename(old, $0) } }
            return nil
        }
    }

    /// Writes a key durably, and reads it back.
    public func save(_ document: KeyDocument) throws(Failure) {
        try secureFolder()
        let path = file(document.key.guid)
        do throws(Errno) {
            try BoundedFile.replace(path, with: document.json.text(pretty: true).utf8, permissions: [.ownerReadWrite], isDurable: true)
        } catch {
            throw Failure(description: "cannot write '\(path)': \(error)")
        }
        guard let kept = load(document.key.guid), kept.secret == document.key.secret else {
            throw Failure(description: "'\(path)' does not hold what was written to it")
        }
    }

    /// Deletes the oldest keys beyond the limit, but never the current one.
    public func prune(keeping guid: String) {
        var files: [(name: String, time: Int)] = []
        for name in BoundedFile.names(in: folder) {
            var status = stat()
            guard name.hasSuffix(".key"), Self.isGUID(String(name.dropLast(4))), name != "\(guid).key", lstat(folder.appending(name).string, &status) == 0
            else { continue }
            files.append((name, status.st_mtim.tv_sec))
        }
        for file in files.sorted(by: { $0.time > $1.time }).dropFirst(Self.keptKeys - 1) { unlink(folder.appending(file.name).string) }
    }

    private func file(_ guid: String) -> FilePath { folder.appending("\(guid).key") }

    /// Creates the folder, or removes the permissions of others on it.
    private func secureFolder() throws(Failure) {
        if let parent = Optional(folder.removingLastComponent()), !parent.isEmpty {
            do { try BoundedFile.makeFolder(parent) } catch { throw Failure(description: "cannot make '\(parent)': \(error)") }
        }
        if mkdir(folder.string, 0o700) != 0, errno != EEXIST { throw Failure(description: "cannot make '\(folder)': \(Errno(rawValue: errno))") }
        var status = stat()
        guard lstat(folder.string, &status) == 0 else { throw Failure(description: "cannot look at '\(folder)': \(Errno(rawValue: errno))") }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
            throw Failure(description: "'\(folder)' is not a folder that only the agent can write to, so no key is stored in it")
        }
        if status.st_mode & 0o077 != 0 {
            log.log(.warn, "The key folder '\(folder)' was open to others (\(String(status.st_mode & 0o777, radix: 8))); it is closed to them")
            guard chmod(folder.string, 0o700) == 0 else { throw Failure(description: "cannot close '\(folder)' to others: \(Errno(rawValue: errno))") }
        }
    }

    /// A key file that others could read is still used; one that others could write is not trusted.
    private func read(_ path: FilePath) -> [UInt8]? {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
            log.log(.error, "The key file '\(path)' belongs to another user, can be written by others or is not a file; it is not used")
            return nil
        }
        if status.st_mode & 0o077 != 0 {
            log.log(.warn, "The key file '\(path)' could be read by others; it is closed to them")
            _ = chmod(path.string, 0o600)
        }
        do { return try BoundedFile.read(path, limit: Self.largestFile) } catch {
            log.log(.error, "Cannot read '\(path)': \(error)")
            return nil
        }
    }
}
