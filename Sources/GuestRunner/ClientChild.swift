import CGuestSystem
import Glibc
import GuestProtocol

/// Runs clients in processes of their own, so that each request has the right user and executable. Their reports come through a pipe.
struct ClientChild {
    let children: ChildProcesses
    /// How long a client may take beyond its own deadline to report that it missed it, in milliseconds.
    static let grace: UInt64 = 1_000
    /// The Swift runtime would otherwise wait for the kernel's entropy pool on the request's time (boot.c says more).
    private static let environment = ChildProcesses.environment + ["SWIFT_DETERMINISTIC_HASHING=1"]
    private static let itself = "/proc/self/exe"

    /// A task whose process runs.
    private struct Running: ~Copyable {
        let task: ClientTask
        let process: pid_t
        let reports: Descriptor
    }

    /// Runs one process for the task. Returns a report for each client; one that cannot be run or does not report gets that as its failure.
    func run(_ task: ClientTask) -> [ClientReport] {
        do throws(SystemCallError) {
            return collect(try start(task))
        } catch {
            return Self.failed(task.specs[...], "the client could not be run: \(error)")
        }
    }

    /// The same for two tasks at once.
    func run(_ first: ClientTask, beside second: ClientTask) -> [ClientReport] {
        do throws(SystemCallError) {
            let running = try start(first)
            let others = run(second)
            return collect(running) + others
        } catch {
            return Self.failed(first.specs[...], "the client could not be run: \(error)") + run(second)
        }
    }

    private func start(_ task: ClientTask) throws(SystemCallError) -> Running {
        let input = try Pipe()
        let output = try Pipe()
        let process = try children.start(
            try Self.program(task), arguments: [GuestRunnerCommand.clientArgument],
            streams: .files(input: input.reading.raw, output: output.writing.raw, error: 2), environment: Self.environment)
        do throws(SystemCallError) {
            try input.writing.write(HostMessage.clients(task).frame(sequence: 0).encoded())
        } catch {
            children.kill(process)
            throw error
        }
        // The other ends are closed here, so the pipe ends when the process does.
        return Running(task: task, process: process, reports: output.reading)
    }

    /// Reads reports until all have come, the process ends, a report is malformed, or the deadline passes.
    private func collect(_ running: consuming Running) -> [ClientReport] {
        defer { children.kill(running.process) }
        let specs = running.task.specs
        var reports: [ClientReport] = []
        var decoder = FrameDecoder()
        while reports.count < specs.count {
            let deadline = Deadline(after: UInt64(running.task.deadline) + Self.grace)
            guard let state = try? Readiness.wait(for: [running.reports.raw], timeout: deadline.remaining), state.isReady(0) else {
                return reports + Self.failed(specs[reports.count...], "the client's process was late")
            }
            guard let bytes = try? running.reports.read(upTo: 16 * 1024), !bytes.isEmpty, let frames = try? decoder.receive(bytes) else { break }
            for frame in frames {
                guard reports.count < specs.count, case .client(let said) = try? GuestMessage(frame), said.name == specs[reports.count].name else {
                    return reports + Self.failed(specs[reports.count...], "the client's process reported something else")
                }
                reports.append(said)
            }
        }
        return reports + Self.failed(specs[reports.count...], "the client's process ended without a report")
    }

    /// The runner itself, by the path under which the clients are to be known.
    private static func program(_ task: ClientTask) throws(SystemCallError) -> String {
        guard let path = task.specs.first?.executable, !path.isEmpty else { return itself }
        guard !SmallFile.exists(path) else { return path }
        guard let slash = path.lastIndex(of: "/") else { throw SystemCallError("link", path, code: EINVAL) }
        try SmallFile.makeFolders(String(path[..<slash]))
        var target = [CChar](repeating: 0, count: 1024)
        let length = readlink(itself, &target, target.count - 1)
        guard length > 0 else { throw SystemCallError("read link", itself, code: errno) }
        try SystemCallError.check(gs_hard_link(target, path), "link", path)
        return path
    }

    private static func failed(_ specs: ArraySlice<ClientSpec>, _ failure: String) -> [ClientReport] {
        specs.map { ClientReport(name: $0.name, failure: failure) }
    }
}
