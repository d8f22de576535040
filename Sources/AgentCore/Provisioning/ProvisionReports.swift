internal import Glibc
internal import SystemPackage

/// Reports the end of provisioning and its outcome, in files and on the console.
struct ProvisionReports: Sendable {
    let folder: FilePath?
    let log: AgentLog
    var console: FilePath? = "/dev/console"

    /// - Parameter error: What is missing; empty on success.
    func finished(error: String) {
        log.log(error.isEmpty ? .info : .error, error.isEmpty ? "Provision finished successfully" : "Provision finished with error: \(error)")
        sayOnConsole(error.isEmpty ? "Provision finished successfully" : error)
        guard let folder else { return }
        do throws(Errno) {
            try BoundedFile.makeFolder(folder.removingLastComponent())
            if mkdir(folder.string, 0o700) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
            try write(WallClock.now.timestamp, to: folder.appending("provisioned.tag"))
            try write(Self.escaped(error), to: folder.appending("status.tag"))
        } catch {
            log.log(.warn, "Failed to write the provisioning tags in '\(folder)': \(error)")
        }
    }

    private func write(_ text: String, to path: FilePath) throws(Errno) {
        try BoundedFile.replace(path, with: text.utf8, permissions: .ownerReadWrite)
    }

    /// Escapes text for XML (XML 1.0 section 2.4).
    static func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&apos;"
            default: String(character)
            }
        }.joined()
    }

    /// Writes to the machine's console, without blocking the agent.
    private func sayOnConsole(_ text: String) {
        guard let console else { return }
        let descriptor = console.withPlatformString { Glibc.open($0, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) }
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let line = "\(WallClock.now.timestamp) \(AgentVersion.programName)_\(AgentVersion.current)(\(getpid())) - \(text)\r\n"
        var bytes = Array(line.utf8)
        _ = Glibc.write(descriptor, &bytes, bytes.count)
    }
}
