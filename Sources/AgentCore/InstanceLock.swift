internal import Glibc
internal import SystemPackage

/// Prevents a second agent, because two agents would redirect each other's connections. Held as long as this object lives.
final class InstanceLock: Sendable {
    /// The lock is held by another agent.
    struct Taken: Error, Hashable, CustomStringConvertible {
        let path: FilePath
        let holder: String

        var description: String {
            "another \(AgentVersion.programName) is already running (\(holder.isEmpty ? "unknown pid" : "pid \(holder)"), '\(path)' is locked); stop it first"
        }
    }

    private let descriptor: Int32

    /// - Returns: Nil if the lock file cannot be created, which does not prevent the agent from running.
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
        // Closing would not release it while a child process that is being started still has a copy of the descriptor (flock(2)).
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
