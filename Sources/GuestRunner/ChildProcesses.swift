import CGuestSystem
import Glibc
import GuestProtocol

/// Starts child processes and reports their ends. As PID 1 it also reaps orphans.
final class ChildProcesses {
    private let events: Descriptor
    private var running: Set<pid_t> = []
    private var endings: [pid_t: ProcessEnding] = [:]

    init() throws(SystemCallError) { events = Descriptor(owning: try SystemCallError.check(gs_child_events(), "signalfd")) }

    /// Readable when a child may have ended.
    var descriptor: Int32 { events.raw }

    /// What a child's three standard descriptors are.
    enum Streams {
        case files(input: Int32, output: Int32, error: Int32)
        /// A terminal that becomes the child's controlling one.
        case terminal(String)
    }

    static let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=linux", "LANG=C.UTF-8"]

    func start(_ path: String, arguments: [String], streams: Streams, environment: [String] = environment) throws(SystemCallError) -> pid_t {
        var child: pid_t = 0
        let outcome = Self.withCStrings([path] + arguments) { argv in
            Self.withCStrings(environment) { envp in
                switch streams {
                case .files(let input, let output, let error): gs_spawn(path, argv, envp, input, output, error, nil, &child)
                case .terminal(let terminal): gs_spawn(path, argv, envp, -1, -1, -1, terminal, &child)
                }
            }
        }
        try SystemCallError.check(outcome, "start", path)
        running.insert(child)
        return child
    }

    /// How a child ended, or nil while it runs. Each ending is returned once.
    func takeEnding(of child: pid_t) -> ProcessEnding? {
        reap()
        return endings.removeValue(forKey: child)
    }

    /// Kills a child and its process group.
    func kill(_ child: pid_t) {
        guard running.contains(child) else { return }
        _ = Glibc.kill(-child, SIGKILL)
        _ = Glibc.kill(child, SIGKILL)
    }

    private func reap() {
        gs_drain_child_events(events.raw)
        var (code, signal): (Int32, Int32) = (0, 0)
        while true {
            let child = gs_reap(&code, &signal)
            guard child > 0 else { return }
            if running.remove(child) != nil { endings[child] = signal != 0 ? .signalled(signal: signal) : .exited(code: code) }
        }
    }

    static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let table = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
        defer {
            for index in strings.indices { free(table[index]) }
            table.deallocate()
        }
        for (index, string) in strings.enumerated() { (table + index).initialize(to: strdup(string)) }
        (table + strings.count).initialize(to: nil)
        return body(UnsafePointer(table))
    }
}
