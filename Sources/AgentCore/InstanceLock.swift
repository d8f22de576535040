internal import Glibc
internal import SystemPackage

/// Keeps a second agent from running next to the first: two would redirect each other's connections. Held as long as it lives.
final class InstanceLock: Sendable {
    /// Who holds it.
    struct Taken: Error, Hashable, CustomStringConvertible {
        let path: FilePath
        let holder: String

        var description: String {
            "another \(AgentVersion.programName) is already running (\(holder.isEmpty ? "unknown pid" : "pid \(holder)"), '\(path)' is locked); stop it first"
        }
    }

    private let descriptor: Int32

    /// - Returns: Nil where there is no place for a lock, which is no reason not to run.
    static func take(in folder: FilePath, log: AgentLog) throws(Taken) -> InstanceLock? {
        let path = folder.appending("agent.lock")
        do { try BoundedFile.makeFolder(folder) } catch {
            log.log(.warn, "Cannot create '\(folder)' for the lock: \(error)")
            return nil
        }
        let descriptor = path.withPlatformString { open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
        guard descriptor >= 0 else {
            log.log(.warn, "Cannot open '\(path)': \(SystemErrorText.current)")
            return nil
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let bytes = (try? BoundedFile.read(path, limit: 64)) ?? []
            close(descriptor)
            throw Taken(path: path, holder: String(decoding: bytes.filter { (0x30...0x39).contains($0) }, as: UTF8.self))
        }
        var text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = write(descriptor, &text, text.count)
        return InstanceLock(descriptor: descriptor)
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        // Closing does not release it while a process that is being started still has a copy (flock(2)).
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
