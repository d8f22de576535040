import CGuestSystem
import Glibc
import GuestProtocol

/// Runs a program of the guest and keeps what it prints.
struct CommandChild {
    let children: ChildProcesses

    func run(_ spec: CommandSpec, deadline milliseconds: UInt32, limit: Int = CommandReport.maximumOutput) throws(SystemCallError) -> CommandReport {
        let began = gs_monotonic_microseconds()
        let process: pid_t
        let reading: Descriptor
        do throws(SystemCallError) {
            let pipe = try Pipe()
            process = try start(spec, output: pipe.writing.raw)
            // The writing end is closed here, so the output ends when the process and its children have ended.
            reading = pipe.reading
        } catch {
            return CommandReport(name: spec.name, ending: .notStarted(error: error.code), output: [], microseconds: 0)
        }
        defer { children.kill(process) }
        let deadline = Deadline(after: UInt64(milliseconds))
        var output: [UInt8] = []
        var isOpen = true
        var ending: ProcessEnding?
        while ending == nil || isOpen, !deadline.hasPassed {
            let state = try Readiness.wait(for: isOpen ? [children.descriptor, reading.raw] : [children.descriptor], timeout: deadline.remaining)
            if ending == nil { ending = children.takeEnding(of: process) }
            guard isOpen, state.isReady(1) else { continue }
            let bytes = try reading.read(upTo: 16 * 1024)
            if bytes.isEmpty { isOpen = false }
            output += bytes.prefix(limit - output.count)
        }
        return CommandReport(name: spec.name, ending: ending, output: output, microseconds: gs_monotonic_microseconds() - began)
    }

    /// Where distributions install programs; the older ones keep systemd's in /bin.
    private static let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]

    /// A name without a slash is searched for, as a shell does.
    static func place(of program: String) -> String {
        guard !program.contains("/") else { return program }
        return folders.map { "\($0)/\(program)" }.first(where: SmallFile.exists) ?? program
    }

    private func start(_ spec: CommandSpec, output: Int32) throws(SystemCallError) -> pid_t {
        let silence = Descriptor(owning: try SystemCallError.check(gs_open_read_write("/dev/null"), "open", "/dev/null"))
        return try children.start(
            Self.place(of: spec.path), arguments: spec.arguments, streams: .files(input: silence.raw, output: output, error: output))
    }
}
